/* Struct, Value and ListValue: any JSON onto the wire. Called by read.c.
 *
 * Meaning read_known.py, `_value_readers`; field numbers as in google/protobuf/struct.proto.
 */
#include "number_read.h"
#include "read.h"

enum { STRUCT_FIELDS = 1, ENTRY_KEY = 1, ENTRY_VALUE = 2, LIST_VALUES = 1 };
enum { IS_NULL = 1, IS_NUMBER = 2, IS_STRING = 3, IS_BOOL = 4, IS_STRUCT = 5, IS_LIST = 6 };

/* A message of that form behind its tag and length. */
static int read_part(Reader *reader, uint32_t number, Form form) {
    if (enter_message(reader) != DONE)
        return DECLINED;
    put_tag(reader->out, number, LENGTH);
    size_t start = open_length(reader->out);
    int result = read_struct(reader, form);
    leave_message(reader);
    return result == DONE ? close_length(reader->out, start) : DECLINED;
}

static int read_entry(Reader *reader, const Text *name) {
    if (enter_message(reader) != DONE)
        return DECLINED;
    put_tag(reader->out, STRUCT_FIELDS, LENGTH);
    size_t start = open_length(reader->out);
    if (read_text(reader, ENTRY_KEY, name, TAGGED) != DONE || lex_value(&reader->lexer) != 0 ||
        read_part(reader, ENTRY_VALUE, AS_VALUE) != DONE)
        return DECLINED;
    leave_message(reader);
    return close_length(reader->out, start);
}

static int read_entries(Reader *reader, Scope *scope) {
    Lexer *lexer = &reader->lexer;
    int more, first = 1;
    while ((more = lex_more(lexer, '}', &first)) > 0) {
        Text name;
        if (lex_name(lexer, &name) != 0 || keys_add(&reader->keys, scope, &name) != 0 ||
            read_entry(reader, &name) != DONE)
            return DECLINED;
    }
    return more;
}

static int read_object(Reader *reader) {
    if (lex_open(&reader->lexer, '{') != 0)
        return DECLINED;
    Scope scope = keys_enter(&reader->keys);
    int result = read_entries(reader, &scope);
    keys_leave(&reader->keys, &scope);
    return result;
}

static int read_array(Reader *reader) {
    Lexer *lexer = &reader->lexer;
    int more, first = 1;
    if (lex_open(lexer, '[') != 0)
        return DECLINED;
    while ((more = lex_more(lexer, ']', &first)) > 0)
        if (lex_value(lexer) != 0 || read_part(reader, LIST_VALUES, AS_VALUE) != DONE)
            return DECLINED;
    return more;
}

static int put_bool(Reader *reader, const char *word, size_t length, uint64_t value) {
    if (lex_word(&reader->lexer, word, length) != 0)
        return DECLINED;
    put_tag(reader->out, IS_BOOL, VARINT);
    put_varint(reader->out, value);
    return DONE;
}

static int put_null(Reader *reader) {
    if (read_null(reader) != 0)
        return DECLINED;
    put_tag(reader->out, IS_NULL, VARINT);
    put_varint(reader->out, 0);
    return DONE;
}

static int put_string(Reader *reader) {
    Text text;
    if (lex_string(&reader->lexer, &text) != 0)
        return DECLINED;
    return read_text(reader, IS_STRING, &text, TAGGED);
}

static int read_value(Reader *reader) {
    static const Field number = {.number = IS_NUMBER, .type = T_DOUBLE};
    switch (*reader->lexer.at) {
    case 'n':
        return put_null(reader);
    case 't':
        return put_bool(reader, "true", 4, 1);
    case 'f':
        return put_bool(reader, "false", 5, 0);
    case '"':
        return put_string(reader);
    case '{':
        return read_part(reader, IS_STRUCT, AS_STRUCT);
    case '[':
        return read_part(reader, IS_LIST, AS_LIST);
    default:
        return read_scalar(reader, &number, TAGGED);
    }
}

int read_struct(Reader *reader, Form form) {
    if (form == AS_VALUE)
        return read_value(reader);
    return form == AS_STRUCT ? read_object(reader) : read_array(reader);
}

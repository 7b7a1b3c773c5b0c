/* A JSON object onto the wire as a map's entries: called by read.c.
 *
 * Meaning read_fields.py, `_map_setter`; scalars.py, `key_reader`: each key has one spelling.
 */
#include "number_read.h"
#include "read.h"

static int put_number_key(Bytes *out, const Field *key, uint64_t value) {
    switch (key->type) {
    case T_SINT32: case T_SINT64:
        value = value << 1 ^ (0 - (value >> 63)); /* fall through */
    case T_INT32: case T_INT64: case T_UINT32: case T_UINT64: case T_BOOL:
        put_tag(out, key->number, VARINT);
        put_varint(out, value);
        return DONE;
    default:
        break;
    }
    size_t width = key->type == T_FIXED64 || key->type == T_SFIXED64 ? 8 : 4;
    uint8_t bytes[8];
    for (size_t i = 0; i < 8; i++, value >>= 8)
        bytes[i] = (uint8_t)value;
    put_tag(out, key->number, width == 8 ? FIXED64 : FIXED32);
    put(out, bytes, width);
    return DONE;
}

static int read_bool_key(Bytes *out, const Field *key, const Text *text) {
    int is_true = text->length == 4 && memcmp(text->data, "true", 4) == 0;
    if (!is_true && (text->length != 5 || memcmp(text->data, "false", 5) != 0))
        return DECLINED;
    return put_number_key(out, key, (uint64_t)is_true);
}

static int read_integer_key(Bytes *out, const Field *key, const Text *text) {
    int64_t lowest = 0;
    uint64_t highest = 0, value;
    Number number;
    switch (key->type) {
    case T_INT32: case T_SINT32: case T_SFIXED32:
        lowest = INT32_MIN;
        highest = INT32_MAX;
        break;
    case T_INT64: case T_SINT64: case T_SFIXED64:
        lowest = INT64_MIN;
        highest = INT64_MAX;
        break;
    default:
        highest = key->type == T_UINT32 || key->type == T_FIXED32 ? UINT32_MAX : UINT64_MAX;
    }
    if (number_of_text(text->data, text->length, &number) != 0 ||
        (number.negative && number.digits == 0) ||
        number_integer(&number, lowest, highest, &value) != 0)
        return DECLINED;
    return put_number_key(out, key, value);
}

static int read_key(Reader *reader, const Field *key, const Text *text) {
    if (key->type == T_STRING)
        return read_text(reader, key->number, text, TAGGED);
    if (key->type == T_BOOL)
        return read_bool_key(reader->out, key, text);
    return read_integer_key(reader->out, key, text);
}

static int read_entry(Reader *reader, const Field *field, const Text *name) {
    const Field *value = &field->table->fields[1];
    Bytes *out = reader->out;
    size_t before = out->length;
    put_tag(out, field->number, LENGTH);
    size_t start = open_length(out);
    if (enter_message(reader) != DONE || out->failed ||
        read_key(reader, &field->table->fields[0], name) != DONE ||
        lex_value(&reader->lexer) != 0)
        return DECLINED;
    int result = value->table != NULL ? read_submessage(reader, value)
                                      : read_scalar(reader, value, TAGGED);
    leave_message(reader);
    if (result == SKIPPED) { /* then so is its key */
        out->length = before;
        return DONE;
    }
    return result == DONE ? close_length(out, start) : DECLINED;
}

static int read_entries(Reader *reader, const Field *field, Scope *scope) {
    Lexer *lexer = &reader->lexer;
    int more, first = 1;
    while ((more = lex_more(lexer, '}', &first)) > 0) {
        Text name;
        if (lex_name(lexer, &name) != 0 || keys_add(&reader->keys, scope, &name) != 0 ||
            read_entry(reader, field, &name) != DONE)
            return DECLINED;
    }
    return more;
}

int read_map(Reader *reader, const Field *field) {
    if (lex_open(&reader->lexer, '{') != 0)
        return DECLINED;
    Scope scope = keys_enter(&reader->keys);
    int result = read_entries(reader, field, &scope);
    keys_leave(&reader->keys, &scope);
    return result;
}

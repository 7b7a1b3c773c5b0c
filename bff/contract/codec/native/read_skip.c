/* A value that nobody knows, read as strictly as any other and dropped: called by read.c.
 *
 * Meaning json_text.parse reads all of a document, whatever of it counts.
 */
#include "number_read.h"
#include "read.h"

static int skip_number(Reader *reader) {
    Lexer *lexer = &reader->lexer;
    Number number;
    double value;
    lexer->at = number_scan(lexer->at, lexer->end, &number);
    if (lexer->at == NULL)
        return DECLINED;
    if (!number.real)
        return DONE;
    return number_double(&number, reader->plan->numbers, &value) == 0 ? DONE : DECLINED;
}

static int skip_array(Reader *reader) {
    Lexer *lexer = &reader->lexer;
    int more, first = 1;
    if (lex_open(lexer, '[') != 0)
        return DECLINED;
    while ((more = lex_more(lexer, ']', &first)) > 0)
        if (lex_value(lexer) != 0 || skip_value(reader) != DONE)
            return DECLINED;
    return more;
}

static int skip_members(Reader *reader, Scope *scope) {
    Lexer *lexer = &reader->lexer;
    int more, first = 1;
    while ((more = lex_more(lexer, '}', &first)) > 0) {
        Text name;
        if (lex_name(lexer, &name) != 0 || keys_add(&reader->keys, scope, &name) != 0 ||
            lex_value(lexer) != 0 || skip_value(reader) != DONE)
            return DECLINED;
    }
    return more;
}

static int skip_object(Reader *reader) {
    if (lex_open(&reader->lexer, '{') != 0)
        return DECLINED;
    Scope scope = keys_enter(&reader->keys);
    int result = skip_members(reader, &scope);
    keys_leave(&reader->keys, &scope);
    return result;
}

int skip_value(Reader *reader) {
    Lexer *lexer = &reader->lexer;
    Text text;
    switch (*lexer->at) {
    case '{':
        return skip_object(reader);
    case '[':
        return skip_array(reader);
    case '"':
        return lex_string(lexer, &text);
    case 't':
        return lex_word(lexer, "true", 4);
    case 'f':
        return lex_word(lexer, "false", 5);
    case 'n':
        return lex_word(lexer, "null", 4);
    default:
        return skip_number(reader);
    }
}

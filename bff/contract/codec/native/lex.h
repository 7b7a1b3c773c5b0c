/* JSON text, one token after the other: what the readers of messages and of plain values share.
 *
 * Why     Both must refuse the same documents, to the byte: RFC 8259 and nothing beside it, UTF-8
 *         checked, no half surrogate pairs, no more depth and no more values than the limits allow
 *         (docs/spec/bad-input.md rows 50 to 61; json_text.py is the specification).
 * Shape   Every function answers 0 (or what it names), or -1: the document is declined.
 *         A value is read by `lex_value`, which stops at its first byte, then by whoever knows it.
 * Never   reads past `end`, allocates but for strings with escapes, or says what is wrong.
 */
#ifndef BFF_LEX_H
#define BFF_LEX_H

#include "bytes.h"

/* A plan may allow more; deeper documents are left to the pure engine, which has no C stack. */
#define MOST_LEX_DEPTH 512

typedef struct {
    const uint8_t *data;
    size_t length;
    int decoded; /* it had escapes: `data` lasts until the next string; only then may it hold NUL */
} Text;

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
    uint32_t depth; /* objects and arrays that may still open inside each other */
    uint32_t nodes; /* values that may still come */
    Bytes decoded;  /* the last string that had escapes */
} Lexer;

void lex_start(Lexer *lexer, const uint8_t *json, size_t length, uint32_t depth, uint32_t nodes);
void lex_free(Lexer *lexer);

int lex_end(Lexer *lexer); /* nothing may follow but space */
int lex_string(Lexer *lexer, Text *text); /* at its quote */
int lex_word(Lexer *lexer, const char *word, size_t length); /* true, false, null */

static inline void lex_space(Lexer *lexer) {
    while (lexer->at < lexer->end && *lexer->at <= ' ' &&
           (*lexer->at == ' ' || *lexer->at == '\n' || *lexer->at == '\r' || *lexer->at == '\t'))
        lexer->at++;
}

/* To the first byte of a value, which counts as one. */
static inline int lex_value(Lexer *lexer) {
    lex_space(lexer);
    if (lexer->at == lexer->end || lexer->nodes == 0)
        return -1;
    lexer->nodes--;
    return 0;
}

/* Into an object or an array, whose bracket is at hand. */
static inline int lex_open(Lexer *lexer, uint8_t bracket) {
    if (*lexer->at != bracket || lexer->depth == 0)
        return -1;
    lexer->depth--;
    lexer->at++;
    return 0;
}

/* 1: another item, at its first byte; 0: that was `close`. `first` is 1 before the first call. */
static inline int lex_more(Lexer *lexer, uint8_t close, int *first) {
    lex_space(lexer);
    if (lexer->at == lexer->end)
        return -1;
    if (*lexer->at == close) {
        lexer->depth++;
        lexer->at++;
        return 0;
    }
    if (*first) {
        *first = 0;
        return 1;
    }
    if (*lexer->at++ != ',')
        return -1;
    lex_space(lexer);
    return lexer->at == lexer->end || *lexer->at == close ? -1 : 1;
}

/* A member's name and its colon. */
static inline int lex_name(Lexer *lexer, Text *name) {
    if (lexer->at == lexer->end || *lexer->at != '"' || lex_string(lexer, name) != 0)
        return -1;
    lex_space(lexer);
    return lexer->at < lexer->end && *lexer->at++ == ':' ? 0 : -1;
}

#endif

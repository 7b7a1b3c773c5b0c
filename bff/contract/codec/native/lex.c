/* Strings: found eight bytes at a time, copied only where they have escapes. */
#include "lex.h"

#include "lex_escape.h"
#include "utf8.h"

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

void lex_start(Lexer *lexer, const uint8_t *json, size_t length, uint32_t depth, uint32_t nodes) {
    *lexer = (Lexer){
        .at = json,
        .end = json + length,
        .depth = depth < MOST_LEX_DEPTH ? depth : MOST_LEX_DEPTH,
        .nodes = nodes,
        .decoded = {.most = length},
    };
}

void lex_free(Lexer *lexer) { free(lexer->decoded.data); }

int lex_end(Lexer *lexer) {
    lex_space(lexer);
    return lexer->at == lexer->end ? 0 : -1;
}

int lex_word(Lexer *lexer, const char *word, size_t length) {
    if ((size_t)(lexer->end - lexer->at) < length || memcmp(lexer->at, word, length) != 0)
        return -1;
    lexer->at += length;
    return 0;
}

/* The high bits of those of eight bytes that end a run of plain ASCII: a quote, a backslash, a
 * control or 0x80 up. A borrow only comes from such a byte: the lowest bit is never a wrong one. */
static inline uint64_t stops(const uint8_t *at) {
    uint64_t eight;
    memcpy(&eight, at, 8);
    uint64_t no_quote = (eight ^ EACH('"')) - EACH(1), no_slash = (eight ^ EACH('\\')) - EACH(1);
    return (no_quote | no_slash | (eight - EACH(' ')) | eight) & EACH(0x80);
}

static inline int is_plain(uint8_t byte) {
    return byte >= ' ' && byte < 0x80 && byte != '"' && byte != '\\';
}

static inline const uint8_t *after_plain(const uint8_t *at, const uint8_t *end) {
    while (end - at >= 8) {
        uint64_t found = stops(at);
        if (found != 0) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
            return at + __builtin_ctzll(found) / 8;
#else
            break;
#endif
        }
        at += 8;
    }
    while (at < end && is_plain(*at))
        at++;
    return at;
}

/* The quote or backslash that ends a run of characters; NULL: a control character, no UTF-8, or
 * nothing ends it. */
static const uint8_t *run_end(const uint8_t *at, const uint8_t *end) {
    for (;;) {
        at = after_plain(at, end);
        if (at == end || *at < ' ')
            return NULL;
        if (*at < 0x80)
            return at;
        size_t length = utf8_length(at, end);
        if (length == 0)
            return NULL;
        at += length;
    }
}

/* The rest of a string from its first escape on. */
static int decode(Lexer *lexer, const uint8_t *start, const uint8_t *stop, Text *text) {
    Bytes *decoded = &lexer->decoded;
    decoded->length = 0;
    while (stop != NULL && *stop == '\\') {
        if (stop > start)
            put(decoded, start, (size_t)(stop - start));
        start = unescape(stop, lexer->end, decoded);
        if (start == NULL)
            return -1;
        stop = run_end(start, lexer->end);
    }
    if (stop == NULL)
        return -1;
    if (stop > start)
        put(decoded, start, (size_t)(stop - start));
    *text = (Text){decoded->data, decoded->length, 1};
    lexer->at = stop + 1;
    return decoded->failed ? -1 : 0;
}

int lex_string(Lexer *lexer, Text *text) {
    const uint8_t *start = lexer->at + 1, *stop = run_end(start, lexer->end);
    if (stop == NULL)
        return -1;
    if (*stop == '\\')
        return decode(lexer, start, stop, text);
    *text = (Text){start, (size_t)(stop - start), 0};
    lexer->at = stop + 1;
    return 0;
}

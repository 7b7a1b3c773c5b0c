/* One escape of a JSON string: see lex_escape.h. Called by lex.c. */
#include "lex_escape.h"

enum { FIRST_HIGH = 0xD800, FIRST_LOW = 0xDC00, AFTER_LOW = 0xE000, FIRST_PAIR = 0x10000 };

static int hex_digit(uint8_t byte) {
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The four digits of the \u at `at`; -1: there is no such escape. */
static int32_t unit(const uint8_t *at, const uint8_t *end) {
    int32_t value = 0;
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static void put_character(Bytes *out, uint32_t code) {
    uint8_t utf8[4];
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < FIRST_PAIR ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        utf8[i] = (uint8_t)(0x80 | (code & 0x3F));
    utf8[0] = (uint8_t)(leads[length] | code);
    put(out, utf8, length);
}

static const uint8_t *unescape_unit(const uint8_t *at, const uint8_t *end, Bytes *out) {
    int32_t code = unit(at, end);
    if (code < 0 || (code >= FIRST_LOW && code < AFTER_LOW))
        return NULL;
    at += 6;
    if (code >= FIRST_HIGH && code < FIRST_LOW) {
        int32_t low = unit(at, end);
        if (low < FIRST_LOW || low >= AFTER_LOW)
            return NULL;
        at += 6;
        code = FIRST_PAIR + ((code - FIRST_HIGH) << 10) + (low - FIRST_LOW);
    }
    put_character(out, (uint32_t)code);
    return at;
}

const uint8_t *unescape(const uint8_t *at, const uint8_t *end, Bytes *out) {
    static const char shorts[] = "\"\"\\\\//b\bf\fn\nr\rt\t"; /* what is written, what it means */
    if (end - at < 2)
        return NULL;
    if (at[1] == 'u')
        return unescape_unit(at, end, out);
    for (size_t i = 0; i + 1 < sizeof shorts; i += 2)
        if ((uint8_t)shorts[i] == at[1]) {
            put_byte(out, (uint8_t)shorts[i + 1]);
            return at + 2;
        }
    return NULL;
}

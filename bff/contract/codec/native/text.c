/* Strings and bytes to JSON: UTF-8 is checked while it is copied, eight bytes at a time. */
#include "text.h"

#include "bits.h"
#include "utf8.h"

#define EACH_BYTE(byte) (0x0101010101010101u * (uint64_t)(byte))

/* Not 0 if one of eight bytes is a quote, a backslash, below 0x20, or not ASCII; then the lowest
 * bit is in the first one that is. */
static inline uint64_t special(uint64_t word) {
    uint64_t quote = word ^ EACH_BYTE('"'), slash = word ^ EACH_BYTE('\\');
    uint64_t found = (word - EACH_BYTE(0x20)) | (quote - EACH_BYTE(1)) | (slash - EACH_BYTE(1));
    return (found | word) & EACH_BYTE(0x80);
}

int check_text(const uint8_t *from, const uint8_t *to) {
    uint64_t word;
    while (from < to) {
        if (to - from >= 8) {
            memcpy(&word, from, 8);
            if (!(word & EACH_BYTE(0x80))) {
                from += 8;
                continue;
            }
        }
        size_t length = *from < 0x80 ? 1 : utf8_length(from, to);
        if (length == 0)
            return -1;
        from += length;
    }
    return 0;
}

static size_t escape(uint8_t byte, uint8_t *out) {
    static const char LETTERS[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                   ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
    static const char HEX[] = "0123456789abcdef";
    out[0] = '\\';
    if (LETTERS[byte]) {
        out[1] = (uint8_t)LETTERS[byte];
        return 2;
    }
    memcpy(out + 1, "u00", 3);
    out[4] = (uint8_t)HEX[byte >> 4];
    out[5] = (uint8_t)HEX[byte & 15];
    return 6;
}

/* There is room for what is left, each byte as it is, and for one escape and a quote more. */
static uint8_t *roomy(Bytes *out, uint8_t *at, size_t left) {
    out->length = (size_t)(at - out->data);
    return bytes_need(out, left + 16) ? NULL : out->data + out->length;
}

/* Fewer than eight bytes, if all of them are plain: two halves that overlap. */
static inline int copy_short(uint8_t *at, const uint8_t *from, size_t left) {
    uint32_t first, last;
    if (left < 4)
        return 0;
    memcpy(&first, from, 4);
    memcpy(&last, from + left - 4, 4);
    if (special((uint64_t)last << 32 | first))
        return 0;
    memcpy(at, &first, 4);
    memcpy(at + left - 4, &last, 4);
    return 1;
}

int put_text(Bytes *out, const uint8_t *from, const uint8_t *to) {
    if (bytes_need(out, (size_t)(to - from) + 16))
        return -1;
    uint8_t *at = out->data + out->length;
    *at++ = '"';
    while (from < to) {
        size_t left = (size_t)(to - from);
        if (left >= 8) {
            uint64_t word, found;
            memcpy(&word, from, 8);
            memcpy(at, &word, 8);
            found = special(word);
            size_t plain = found ? lowest_bit(found) / 8 : 8;
            from += plain;
            at += plain;
            if (!found)
                continue;
        } else if (copy_short(at, from, left)) {
            at += left;
            break;
        }
        uint8_t byte = *from;
        if (byte >= 0x80) {
            size_t length = utf8_length(from, to);
            if (length == 0)
                return -1;
            memcpy(at, from, length);
            from += length;
            at += length;
        } else if (byte >= 0x20 && byte != '"' && byte != '\\') {
            *at++ = byte;
            from++;
        } else {
            at += escape(byte, at);
            from++;
            if ((at = roomy(out, at, (size_t)(to - from))) == NULL)
                return -1;
        }
    }
    *at++ = '"';
    out->length = (size_t)(at - out->data);
    return 0;
}

void put_base64(Bytes *out, const uint8_t *from, const uint8_t *to) {
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t left = (size_t)(to - from);
    if (bytes_need(out, left / 3 * 4 + 8))
        return;
    uint8_t *at = out->data + out->length;
    *at++ = '"';
    for (; left > 0; from += 3) {
        uint32_t second = left > 1 ? from[1] : 0, third = left > 2 ? from[2] : 0;
        uint32_t bits = (uint32_t)from[0] << 16 | second << 8 | third;
        *at++ = (uint8_t)DIGITS[bits >> 18];
        *at++ = (uint8_t)DIGITS[bits >> 12 & 63];
        *at++ = left > 1 ? (uint8_t)DIGITS[bits >> 6 & 63] : '=';
        *at++ = left > 2 ? (uint8_t)DIGITS[bits & 63] : '=';
        left -= left > 3 ? 3 : left;
    }
    *at++ = '"';
    out->length = (size_t)(at - out->data);
}

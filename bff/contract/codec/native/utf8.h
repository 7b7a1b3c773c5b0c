/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms), for what is read and written. */
#ifndef BFF_UTF8_H
#define BFF_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The length of the well-formed character of several bytes at `from`; 0: there is none. */
static inline size_t utf8_length(const uint8_t *from, const uint8_t *to) {
    size_t left = (size_t)(to - from);
    uint8_t first = from[0], low = 0x80, high = 0xBF;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (left < length)
        return 0;
    if (first == 0xE0)
        low = 0xA0;
    else if (first == 0xED)
        high = 0x9F; /* surrogates */
    else if (first == 0xF0)
        low = 0x90;
    else if (first == 0xF4)
        high = 0x8F;
    if (from[1] < low || from[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((from[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

#endif

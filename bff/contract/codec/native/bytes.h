/* A growing output: the only memory that the walkers allocate, besides what a message's scan needs.
 *
 * Every `put_` grows as needed; when memory is short or `most` is reached, `failed` is set and
 * nothing more is written: one check at the end is enough.
 */
#ifndef BFF_BYTES_H
#define BFF_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint8_t *data;
    size_t length;
    size_t room;
    size_t most;
    int failed;
} Bytes;

int bytes_grow(Bytes *out, size_t more); /* 0, or -1 with `failed` set */

static inline int bytes_need(Bytes *out, size_t more) {
    return out->room - out->length >= more ? 0 : bytes_grow(out, more);
}

static inline void put(Bytes *out, const void *from, size_t length) {
    if (length > 0 && bytes_need(out, length) == 0) { /* nothing has no place yet: data is NULL */
        memcpy(out->data + out->length, from, length);
        out->length += length;
    }
}

static inline void put_byte(Bytes *out, uint8_t value) {
    if (bytes_need(out, 1) == 0)
        out->data[out->length++] = value;
}

#endif

/* A quick hash of a short text: for tables of names (table.c, read_keys.c).
 *
 * Never   relied on against clients: whoever lets them choose the texts bounds the probes.
 */
#ifndef BFF_TEXT_HASH_H
#define BFF_TEXT_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t hash_mixed(uint64_t hash, uint64_t part) {
    hash = (hash ^ part) * UINT64_C(0xFF51AFD7ED558CCD);
    return hash ^ hash >> 32;
}

/* The last 1 to 7 bytes, read in two overlapping halves: a copy of no fixed length is a call. */
static inline uint64_t hash_tail(const uint8_t *at, size_t length) {
    uint32_t first, last;
    if (length < 4)
        return at[0] | (uint64_t)at[length / 2] << 8 | (uint64_t)at[length - 1] << 16;
    memcpy(&first, at, 4);
    memcpy(&last, at + length - 4, 4);
    return first | (uint64_t)last << 32;
}

static inline uint32_t text_hash(const void *text, size_t length) {
    const uint8_t *at = text;
    uint64_t hash = UINT64_C(0x9E3779B97F4A7C15) ^ length, part;
    for (; length >= 8; at += 8, length -= 8) {
        memcpy(&part, at, 8);
        hash = hash_mixed(hash, part);
    }
    if (length > 0)
        hash = hash_mixed(hash, hash_tail(at, length));
    /* every bit so far is in the lower half; this spreads it over the half that is taken */
    return (uint32_t)(hash * UINT64_C(0xC4CEB9FE1A85EC53) >> 32);
}

#endif

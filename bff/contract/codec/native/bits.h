/* The number of the lowest bit that is set; `word` is not 0. */
#ifndef BFF_BITS_H
#define BFF_BITS_H

#include <stdint.h>

#ifdef _MSC_VER
#include <intrin.h>
static inline uint32_t lowest_bit(uint64_t word) {
    unsigned long at;
    _BitScanForward64(&at, word);
    return at;
}
#else
static inline uint32_t lowest_bit(uint64_t word) { return (uint32_t)__builtin_ctzll(word); }
#endif

#endif

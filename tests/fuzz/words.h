/* The words that inputs are made from: tags and names of a target's own fields, tokens of JSON. */
#ifndef FUZZ_WORDS_H
#define FUZZ_WORDS_H

#include "targets.h"

enum { WORD_BYTES = 96 };

typedef struct {
    uint8_t text[WORD_BYTES];
    size_t length;
} Word;

typedef struct {
    uint64_t state;
} Random;

static inline uint64_t random_next(Random *random) { /* splitmix64 */
    uint64_t next = random->state += UINT64_C(0x9E3779B97F4A7C15);
    next = (next ^ next >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    next = (next ^ next >> 27) * UINT64_C(0x94D049BB133111EB);
    return next ^ next >> 31;
}

static inline size_t random_below(Random *random, size_t end) {
    return end ? random_next(random) % end : 0;
}

void word_of_wire(Random *random, const Target *target, Word *word);
void word_of_json(Random *random, const Target *target, Word *word);
size_t put_number(uint8_t *at, uint64_t value); /* a varint; how many bytes, at most 10 */

#endif

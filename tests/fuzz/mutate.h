/* One input to another: what our own loop does where there is no libFuzzer. */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include "words.h"

enum { MOST_INPUT = 4096 };

typedef struct {
    uint8_t bytes[MOST_INPUT];
    size_t length;
} Input;

/* Some changes at random places; parts may come from `other`. */
void mutate(Random *random, const Targets *targets, Input *input, const Input *other);

#endif

/* What is fuzzed: one proto type under one set of options each, made from a file (targets.py).
 *
 * Input   byte 0: the low two bits are the way, the others the target. The ways of one field have
 *         two bytes more, which choose it. What follows is wire or JSON.
 */
#ifndef FUZZ_TARGETS_H
#define FUZZ_TARGETS_H

#include "walk.h"

enum { WRITE, READ, WRITE_FIELD, READ_FIELD, WAYS };
enum { SETTLES = 1 }; /* flag: what it writes it can read, and then writes the same again */

typedef struct {
    TableSet set;
    const Table *table;
    uint32_t flags;
} Target;

typedef struct {
    Target *all;
    uint32_t count;
} Targets;

int targets_load(Targets *targets, const char *path); /* 0 or -1 */
void targets_free(Targets *targets);

static inline const Target *target_of(const Targets *targets, uint8_t first) {
    return &targets->all[(first >> 2) % targets->count];
}

uint64_t hash_of(const void *data, size_t length);
uint8_t *file_read(const char *path, size_t *length); /* an allocated block, or NULL */

#endif

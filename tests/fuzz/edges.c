/* See edges.h. An edge is a pair of places; once, twice, often are different things (as AFL's). */
#include "edges.h"

enum { SLOTS = 1 << 20 }; /* so many that two edges hardly ever share one */

/* Called for every block of the walkers: it must be cheap, and holds nothing to be checked. */
__attribute__((no_sanitize("address", "undefined"))) void __sanitizer_cov_trace_pc(void);

static uint8_t counts[SLOTS];
static uint8_t seen[SLOTS]; /* a bit for each class of counts */
static uint32_t touched[SLOTS];
static size_t touched_count, known;
static uint32_t last;
static int running;
static uint64_t mark;

void __sanitizer_cov_trace_pc(void) {
    if (!running)
        return;
    /* relative to this function: the same wherever the program is loaded */
    uint64_t place = (uint64_t)((uintptr_t)__builtin_return_address(0) -
                                (uintptr_t)&__sanitizer_cov_trace_pc);
    uint32_t here = (uint32_t)((place * UINT64_C(0x9E3779B97F4A7C15)) >> 44);
    uint32_t edge = (here ^ last) % SLOTS;
    last = here >> 1;
    if (counts[edge] == 0)
        touched[touched_count++] = edge;
    if (counts[edge] < 255)
        counts[edge]++;
}

static uint8_t class_of(uint8_t count) {
    if (count < 4)
        return (uint8_t)(1 << (count - 1));
    return (uint8_t)(count < 8 ? 8 : count < 16 ? 16 : count < 32 ? 32 : count < 128 ? 64 : 128);
}

void edges_start(void) {
    last = 0;
    running = 1;
}

size_t edges_stop(void) {
    size_t fresh = 0;
    running = 0;
    mark = touched_count;
    for (size_t i = 0; i < touched_count; i++) {
        uint32_t edge = touched[i];
        uint8_t bit = class_of(counts[edge]);
        mark += (edge * UINT64_C(256) + bit) * UINT64_C(0x9E3779B97F4A7C15); /* in any order */
        fresh += !(seen[edge] & bit);
        known += seen[edge] == 0;
        seen[edge] |= bit;
        counts[edge] = 0;
    }
    touched_count = 0;
    return fresh;
}

uint64_t edges_mark(void) { return mark; }

size_t edges_known(void) { return known; }

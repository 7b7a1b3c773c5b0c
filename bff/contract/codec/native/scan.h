/* First pass over a message: what it holds, and where; nothing is written yet.
 *
 * Why     Wire order is anybody's: lists come in parts, submessages in pieces that merge, the last
 *         of a scalar counts. After one scan each field knows its places, in order.
 * Cost    O(bytes + fields that are there), also for a type of 500 fields nested 10,000 times:
 *         slots are not cleared, bits say which are in use, and one word says which words are.
 */
#ifndef BFF_SCAN_H
#define BFF_SCAN_H

#include "bits.h"
#include "bytes.h"
#include "table.h"
#include "wire.h"

/* A stretch of wire. Of a scalar: its value. Of a message: what is inside, piece by piece.
 * Of a list or map: whole fields side by side, tags and all. */
typedef struct Run {
    Span span;
    struct Run *next;
} Run;

typedef struct {
    Run first;
    Run *last;
    const Field *arm; /* in the place of a oneof: which of its fields is set */
    size_t count;     /* of a list or map: how many fields of it were there */
} Slot;

typedef struct Chunk Chunk;

/* Memory of one walk: a stack, on the C stack first. */
typedef struct {
    uint8_t *at;
    uint8_t *end;
    Chunk *chunks;
    max_align_t first[512];
} Arena;

typedef struct {
    uint8_t *at;
    uint8_t *end;
    Chunk *chunks;
} Mark;

typedef struct {
    const Plan *plan;
    Bytes *out;
    uint32_t levels; /* messages that may still be inside of this one */
    uint32_t groups; /* ... and groups: each is scanned once more for every one around it */
    Arena arena;
} Walk;

typedef struct {
    const Table *table;
    const Field *only;   /* all others are only checked; NULL: the written ones count */
    Slot *slots;         /* by rank; then one for each oneof */
    uint64_t *words;     /* by rank: which slots are in use */
    uint64_t words_used;
    uint32_t oneofs_at;
} Found;

void walk_begin(Walk *walk, const Plan *plan, Bytes *out);
void walk_end(Walk *walk);
void *arena_take(Arena *arena, size_t size); /* NULL: no memory */
Mark arena_mark(const Arena *arena);
void arena_release(Arena *arena, Mark mark);

/* Every function below: 0, or -1: declined. What is found is as good as checked, but for the
 * strings, packed lists and messages of written fields: their writers check them. */
int found_in(Walk *walk, Found *found, const Table *table, const Field *only, const Run *runs);
int check_value(Walk *walk, const Field *field, uint32_t wire_type, Span span);
int check_runs(Walk *walk, const Field *field, const Run *runs);

static inline Slot *slot_of(const Found *found, uint32_t rank) {
    uint32_t word = rank / 64;
    if (!(found->words_used >> word & 1) || !(found->words[word] >> (rank % 64) & 1))
        return NULL;
    return &found->slots[rank];
}

/* Into a message: 0 and one level less, or -1. `leave` undoes what went well. */
int enter(Walk *walk, const Field *field);
void leave(Walk *walk, const Field *field);

extern const uint8_t WIRE_TYPES[]; /* by T_ */

/* The values of a list or map one by one, packed or not. */
typedef struct {
    const Field *field;
    const Run *run;
    const uint8_t *at;
    Span packed;
} Items;

Items items_of(const Field *field, const Slot *slot);
/* 1: `span` is the next value; 0: that was all; -1: declined */
int next_item(const Walk *walk, Items *items, Span *span);

#endif

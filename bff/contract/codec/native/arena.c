/* The memory of one walk: see scan.h. What lies above a mark is freed when it is released. */
#include "scan.h"

struct Chunk {
    Chunk *next;
    max_align_t content[];
};

enum { CHUNK_BYTES = 32 * 1024 };

void walk_begin(Walk *walk, const Plan *plan, Bytes *out) {
    walk->plan = plan;
    walk->out = out;
    walk->levels = MOST_LEVELS;
    walk->groups = MOST_GROUPS;
    walk->arena.at = (uint8_t *)walk->arena.first;
    walk->arena.end = walk->arena.at + sizeof walk->arena.first;
    walk->arena.chunks = NULL;
}

Mark arena_mark(const Arena *arena) { return (Mark){arena->at, arena->end, arena->chunks}; }

void arena_release(Arena *arena, Mark mark) {
    while (arena->chunks != mark.chunks) {
        Chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
    arena->at = mark.at;
    arena->end = mark.end;
}

void walk_end(Walk *walk) {
    arena_release(&walk->arena, (Mark){NULL, NULL, NULL});
}

void *arena_take(Arena *arena, size_t size) {
    const size_t unit = sizeof(max_align_t);
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + unit - 1) / unit * unit;
    if ((size_t)(arena->end - arena->at) < size) {
        size_t room = size > CHUNK_BYTES ? size : CHUNK_BYTES;
        Chunk *chunk = malloc(sizeof(Chunk) + room);
        if (chunk == NULL)
            return NULL;
        chunk->next = arena->chunks;
        arena->chunks = chunk;
        arena->at = (uint8_t *)chunk->content;
        arena->end = arena->at + room;
    }
    void *taken = arena->at;
    arena->at += size;
    return taken;
}

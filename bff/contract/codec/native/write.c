/* Wire bytes -> JSON: objects, their members in order, and the ways in (walk.h).
 *
 * Two passes a message: found_in says where each field is, then the written ones go out by rank.
 * Source  docs/spec/transcoding.md PJ7-PJ9, PJ18.
 */
#include "write.h"

void put_empty(Bytes *out, const Field *field) {
    put(out, field->empty + field->key_length, field->empty_length - field->key_length);
}

int write_inside(Walk *walk, const Field *field, const Run *runs) {
    if (enter(walk, field))
        return -1;
    int failed = write_message(walk, field->table, runs);
    leave(walk, field);
    return failed;
}

int write_field(Walk *walk, const Field *field, const Slot *slot) {
    if (field->map)
        return write_map(walk, field, slot) < 0 ? -1 : 0;
    if (field->repeated)
        return write_list(walk, field, slot) < 0 ? -1 : 0;
    if (field->table != NULL)
        return write_inside(walk, field, &slot->first);
    return write_value(walk, field, slot->first.span);
}

/* Is it what an unset field without presence holds? -0.0 is not. */
static int is_zero(const Field *field, Span value) {
    switch (WIRE_TYPES[field->type]) {
    case W_LENGTH: return value.from == value.to;
    case W_FIXED64: return memcmp(value.from, "\0\0\0\0\0\0\0\0", 8) == 0;
    case W_FIXED32: return memcmp(value.from, "\0\0\0\0", 4) == 0;
    default:
        if (value.to - value.from == 1)
            return *value.from == 0;
        return integer_of(field->type, value) == 0;
    }
}

/* A list may turn out empty: packed with nothing in it, or of numbers that its enum lacks. */
static int write_many(Walk *walk, const Field *field, const Slot *slot) {
    Bytes *out = walk->out;
    size_t before = out->length;
    put(out, field->key, field->key_length);
    int64_t count =
        field->map ? write_map(walk, field, slot) : write_list(walk, field, slot);
    if (count == 0 && !field->always)
        out->length = before;
    return count < 0 ? -1 : 0;
}

static int write_member(Walk *walk, const Field *field, const Slot *slot) {
    Bytes *out = walk->out;
    int empty = slot == NULL;
    if (!empty && field->repeated)
        return write_many(walk, field, slot);
    if (!empty && !field->presence)
        empty = is_zero(field, slot->first.span);
    if (empty) {
        if (field->always)
            put(out, field->empty, field->empty_length);
        return 0;
    }
    put(out, field->key, field->key_length);
    return write_field(walk, field, slot);
}

static int write_word(Walk *walk, const Found *found, uint32_t word) {
    const Table *table = found->table;
    uint64_t there = found->words_used >> word & 1 ? found->words[word] : 0, bits = there;
    if (table->always_words >> word & 1)
        bits |= table->always[word];
    for (; bits; bits &= bits - 1) {
        uint32_t bit = lowest_bit(bits), rank = word * 64 + bit;
        if (rank >= table->written) /* a oneof's place */
            break;
        const Slot *slot = there >> bit & 1 ? &found->slots[rank] : NULL;
        if (write_member(walk, &table->fields[table->order[rank]], slot))
            return -1;
    }
    return 0;
}

/* Each member begins with a comma; the first one's becomes the brace. */
static int write_object(Walk *walk, const Table *table, const Run *runs) {
    Bytes *out = walk->out;
    Mark mark = arena_mark(&walk->arena);
    Found found;
    if (found_in(walk, &found, table, NULL, runs))
        return -1;
    size_t start = out->length;
    for (uint64_t words = found.words_used | table->always_words; words; words &= words - 1)
        if (write_word(walk, &found, lowest_bit(words)))
            return -1;
    if (out->length == start)
        put_byte(out, '{');
    else if (!out->failed)
        out->data[start] = '{';
    put_byte(out, '}');
    arena_release(&walk->arena, mark);
    return out->failed ? -1 : 0;
}

int write_message(Walk *walk, const Table *table, const Run *runs) {
    return table->form == AS_OBJECT ? write_object(walk, table, runs)
                                    : write_known(walk, table, runs);
}

/* The field at the end of the path, or null where a message on the way is not set. */
static int write_path(Walk *walk, const Table *table, const uint32_t *numbers, size_t steps,
                      const Run *runs) {
    Found found;
    const Field *field = table_field(table, *numbers);
    if (field == NULL || found_in(walk, &found, table, field, runs))
        return -1;
    const Slot *slot = slot_of(&found, 0);
    if (slot == NULL && field->presence)
        put(walk->out, "null", 4);
    else if (slot == NULL)
        put_empty(walk->out, field);
    else if (steps == 1)
        return write_field(walk, field, slot);
    else if (field->table == NULL || field->repeated || enter(walk, field))
        return -1;
    else
        return write_path(walk, field->table, numbers + 1, steps - 1, &slot->first);
    return 0;
}

int wire_to_json(const Plan *plan, const Table *table, const uint8_t *wire, size_t length,
                 Bytes *out) {
    Walk walk;
    Run all = {.span = {wire, wire + length}};
    if (length > INT32_MAX)
        return -1;
    walk_begin(&walk, plan, out);
    int failed = write_message(&walk, table, &all) || out->failed;
    walk_end(&walk);
    return failed ? -1 : 0;
}

int wire_field_to_json(const Plan *plan, const Table *table, const uint32_t *numbers, size_t steps,
                       const uint8_t *wire, size_t length, Bytes *out) {
    Walk walk;
    Run all = {.span = {wire, wire + length}};
    if (length > INT32_MAX || steps == 0)
        return -1;
    walk_begin(&walk, plan, out);
    int failed = write_path(&walk, table, numbers, steps, &all) || out->failed;
    walk_end(&walk);
    return failed ? -1 : 0;
}

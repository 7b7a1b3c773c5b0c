/* A map's entries to a JSON object: sorted by key as the pure engine sorts them, the last one of
 * equal keys counting.
 *
 * Cost    A merge sort of pointers, unless the entries come in order: nothing is quadratic.
 * Declined: a map of a closed enum whose entry is not just a key and a known value, since upb
 *         throws away the whole entry then.
 * Source  docs/spec/transcoding.md PJ9, PJ16.
 */
#include "write.h"

enum { FEW = 12 };

typedef struct {
    Run key;
    Run value;
    uint64_t number; /* the key, but for strings */
    int has_value;
} Entry;

/* An entry as every serializer writes it, key and value; 0 if it is another. */
static int plain_entry(const Walk *walk, const Field *key, const Field *value, Span span,
                       Entry *entry) {
    uint32_t tag;
    const uint8_t *at = span.from;
    if (at == span.to || read_tag(&at, span.to, &tag) ||
        tag != (8 | (uint32_t)WIRE_TYPES[key->type]) ||
        wire_value(&at, span.to, tag, walk->levels, &entry->key.span))
        return 0;
    if (at == span.to || read_tag(&at, span.to, &tag) ||
        tag != (16 | (uint32_t)WIRE_TYPES[value->type]) ||
        wire_value(&at, span.to, tag, walk->levels, &entry->value.span))
        return 0;
    entry->key.next = entry->value.next = NULL;
    entry->has_value = 1;
    if (value->type == T_ENUM && value->names->closed)
        return at == span.to &&
               enum_knows(value->names, (int32_t)integer_of(T_ENUM, entry->value.span));
    return at == span.to;
}

/* Any order, any number of keys and values; either may be missing. */
static int odd_entry(Walk *walk, const Table *table, Span span, Entry *entry) {
    const Field *value = &table->fields[table->order[1]];
    Found found;
    Run whole = {.span = span};
    if ((value->type == T_ENUM && value->names->closed) ||
        found_in(walk, &found, table, NULL, &whole))
        return -1;
    const Slot *keys = slot_of(&found, 0), *values = slot_of(&found, 1);
    *entry = (Entry){.has_value = values != NULL};
    if (keys != NULL)
        entry->key = keys->first;
    if (values != NULL)
        entry->value = values->first;
    return 0;
}

static int compare(uint8_t type, const Entry *one, const Entry *other) {
    if (type != T_STRING) {
        if (one->number == other->number)
            return 0;
        if (is_signed(type))
            return (int64_t)one->number < (int64_t)other->number ? -1 : 1;
        return one->number < other->number ? -1 : 1;
    }
    size_t length = (size_t)(one->key.span.to - one->key.span.from);
    size_t others = (size_t)(other->key.span.to - other->key.span.from);
    size_t least = length < others ? length : others;
    int order = least ? memcmp(one->key.span.from, other->key.span.from, least) : 0;
    return order ? order : (length > others) - (length < others);
}

static void sort_few(uint8_t type, Entry **order, size_t count) {
    for (size_t i = 1; i < count; i++) {
        Entry *entry = order[i];
        size_t at = i;
        for (; at > 0 && compare(type, order[at - 1], entry) > 0; at--)
            order[at] = order[at - 1];
        order[at] = entry;
    }
}

/* Stable, from the bottom up; the result is in one of the two arrays. */
static Entry **sorted(uint8_t type, Entry **from, Entry **to, size_t count) {
    if (count <= FEW) {
        sort_few(type, from, count);
        return from;
    }
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t start = 0; start < count; start += 2 * width) {
            size_t middle = start + width < count ? start + width : count;
            size_t end = middle + width < count ? middle + width : count;
            for (size_t left = start, right = middle, at = start; at < end; at++) {
                int first = left < middle &&
                            (right == end || compare(type, from[left], from[right]) <= 0);
                to[at] = first ? from[left++] : from[right++];
            }
        }
        Entry **spare = from;
        from = to;
        to = spare;
    }
    return from;
}

/* All entries, in the order of the wire; `in_order` if that is the order of their keys as well. */
static int entries_of(Walk *walk, const Field *field, const Slot *slot, Entry **order,
                      int *in_order) {
    const Table *table = field->table;
    const Field *key = &table->fields[table->order[0]], *value = &table->fields[table->order[1]];
    Entry *entries = arena_take(&walk->arena, slot->count * sizeof(Entry));
    Items items = items_of(field, slot);
    Span span;
    size_t count = 0;
    if (entries == NULL)
        return -1;
    *in_order = 1;
    for (int more; (more = next_item(walk, &items, &span)) != 0; count++) {
        Entry *entry = order[count] = &entries[count];
        if (more < 0)
            return -1;
        if (!plain_entry(walk, key, value, span, entry) && odd_entry(walk, table, span, entry))
            return -1;
        if (key->type != T_STRING)
            entry->number = integer_of(key->type, entry->key.span);
        if (count > 0 && compare(key->type, order[count - 1], entry) >= 0)
            *in_order = 0;
    }
    return 0;
}

static int write_key(Walk *walk, const Field *key, const Entry *entry) {
    Bytes *out = walk->out;
    if (key->type == T_STRING)
        return put_text(out, entry->key.span.from, entry->key.span.to);
    put_byte(out, '"');
    if (key->type == T_BOOL)
        put(out, entry->number ? "true" : "false", entry->number ? 4 : 5);
    else if (is_signed(key->type))
        put_signed(out, (int64_t)entry->number);
    else
        put_unsigned(out, entry->number);
    put_byte(out, '"');
    return 0;
}

static int write_entry(Walk *walk, const Table *table, const Entry *entry) {
    const Field *value = &table->fields[table->order[1]];
    put_byte(walk->out, ',');
    if (write_key(walk, &table->fields[table->order[0]], entry))
        return -1;
    put_byte(walk->out, ':');
    if (value->table != NULL)
        return write_inside(walk, value, entry->has_value ? &entry->value : NULL);
    if (entry->has_value)
        return write_value(walk, value, entry->value.span);
    put_empty(walk->out, value);
    return 0;
}

/* `order` is sorted: of equal keys the last one counts, the others must only be sound. */
static int write_entries(Walk *walk, const Table *table, Entry **order, size_t count) {
    const Field *key = &table->fields[table->order[0]], *value = &table->fields[table->order[1]];
    for (size_t i = 0; i < count; i++) {
        if (i + 1 == count || compare(key->type, order[i], order[i + 1]) != 0) {
            if (write_entry(walk, table, order[i]))
                return -1;
        } else if (order[i]->has_value && check_runs(walk, value, &order[i]->value)) {
            return -1;
        }
    }
    return 0;
}

int64_t write_map(Walk *walk, const Field *field, const Slot *slot) {
    Bytes *out = walk->out;
    Mark mark = arena_mark(&walk->arena);
    size_t start = out->length, count = slot->count;
    Entry **order = arena_take(&walk->arena, 2 * count * sizeof(Entry *));
    int in_order;
    if (order == NULL || enter(walk, field) || entries_of(walk, field, slot, order, &in_order))
        return -1;
    const Table *table = field->table;
    if (!in_order)
        order = sorted(table->fields[table->order[0]].type, order, order + count, count);
    if (write_entries(walk, table, order, count) || out->failed)
        return -1;
    leave(walk, field);
    out->data[start] = '{'; /* in place of the first entry's comma: there is one entry at least */
    put_byte(out, '}');
    arena_release(&walk->arena, mark);
    return out->failed ? -1 : (int64_t)count;
}

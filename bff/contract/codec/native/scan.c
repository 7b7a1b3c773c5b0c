/* See scan.h: slots, oneofs, and the check of what is not written. */
#include "scan.h"

#include "text.h"

const uint8_t WIRE_TYPES[] = {
    [T_DOUBLE] = W_FIXED64,   [T_FLOAT] = W_FIXED32,    [T_INT64] = W_VARINT,
    [T_UINT64] = W_VARINT,    [T_INT32] = W_VARINT,     [T_FIXED64] = W_FIXED64,
    [T_FIXED32] = W_FIXED32,  [T_BOOL] = W_VARINT,      [T_STRING] = W_LENGTH,
    [T_GROUP] = W_START_GROUP, [T_MESSAGE] = W_LENGTH,  [T_BYTES] = W_LENGTH,
    [T_UINT32] = W_VARINT,    [T_ENUM] = W_VARINT,      [T_SFIXED32] = W_FIXED32,
    [T_SFIXED64] = W_FIXED64, [T_SINT32] = W_VARINT,    [T_SINT64] = W_VARINT,
};

int enter(Walk *walk, const Field *field) {
    if (walk->levels == 0 || (field->type == T_GROUP && walk->groups == 0))
        return -1;
    walk->levels--;
    walk->groups -= field->type == T_GROUP;
    return 0;
}

void leave(Walk *walk, const Field *field) {
    walk->levels++;
    walk->groups += field->type == T_GROUP;
}

/* A field of another wire type is unknown, but that lists may be packed or not. */
static int fits(const Field *field, uint32_t wire_type) {
    uint8_t own = WIRE_TYPES[field->type];
    if (own == wire_type)
        return 1;
    return field->repeated && wire_type == W_LENGTH && own != W_START_GROUP;
}

static const Field *field_of(const Table *table, uint32_t number) {
    if (number < table->dense) {
        uint16_t found = table->by_number[number];
        return found ? &table->fields[found - 1] : NULL;
    }
    return table_field(table, number);
}

/* Wire that is read and thrown away must be sound as well: upb would refuse it. */
static int check_message(Walk *walk, const Table *table, Span span) {
    uint32_t tag;
    Span value;
    for (const uint8_t *at = span.from; at < span.to;) {
        if (read_tag(&at, span.to, &tag) || wire_value(&at, span.to, tag, walk->levels, &value))
            return -1;
        const Field *field = field_of(table, tag >> 3);
        if (field == NULL && table->extendable)
            return -1;
        if (field != NULL && fits(field, tag & 7) && check_value(walk, field, tag & 7, value))
            return -1;
    }
    return 0;
}

static int check_packed(uint8_t own, Span span) {
    uint64_t value;
    if (own == W_FIXED64 || own == W_FIXED32)
        return (span.to - span.from) % (own == W_FIXED64 ? 8 : 4) ? -1 : 0;
    while (span.from < span.to)
        if (read_varint(&span.from, span.to, &value))
            return -1;
    return 0;
}

int check_value(Walk *walk, const Field *field, uint32_t wire_type, Span span) {
    if (field->type == T_STRING)
        return check_text(span.from, span.to);
    if (field->table != NULL) {
        if (enter(walk, field))
            return -1;
        int failed = check_message(walk, field->table, span);
        leave(walk, field);
        return failed;
    }
    uint8_t own = WIRE_TYPES[field->type];
    return wire_type == own ? 0 : check_packed(own, span);
}

int check_runs(Walk *walk, const Field *field, const Run *runs) {
    for (; runs != NULL; runs = runs->next)
        if (check_value(walk, field, WIRE_TYPES[field->type], runs->span))
            return -1;
    return 0;
}

static int found_begin(Walk *walk, Found *found, const Table *table, const Field *only) {
    uint32_t ranks = only ? 1 : table->written;
    uint32_t count = ranks + table->oneofs;
    if (count > MOST_RANKS)
        return -1;
    found->table = table;
    found->only = only;
    found->oneofs_at = ranks;
    found->words_used = 0;
    found->words = arena_take(&walk->arena, (count / 64 + 1) * sizeof(uint64_t));
    found->slots = arena_take(&walk->arena, (count ? count : 1) * sizeof(Slot));
    return found->words == NULL || found->slots == NULL ? -1 : 0;
}

static uint32_t rank_of(const Found *found, const Field *field) {
    return found->only == NULL ? field->rank : field == found->only ? 0 : NO_RANK;
}

static Slot *claim(Found *found, uint32_t rank) {
    uint64_t word = (uint64_t)1 << (rank / 64);
    if (!(found->words_used & word))
        found->words[rank / 64] = 0;
    found->words_used |= word;
    found->words[rank / 64] |= (uint64_t)1 << (rank % 64);
    return &found->slots[rank];
}

static void set_first(Slot *slot, Span span) {
    slot->first.span = span;
    slot->first.next = NULL;
    slot->last = &slot->first;
    slot->count = 1;
}

static int append(Walk *walk, Slot *slot, Span span) {
    Run *run = arena_take(&walk->arena, sizeof(Run));
    if (run == NULL)
        return -1;
    run->span = span;
    run->next = NULL;
    slot->last->next = run;
    slot->last = run;
    return 0;
}

/* Setting one arm of a oneof clears the one before it, which must have been sound all the same. */
static int turn_oneof(Walk *walk, Found *found, const Field *field) {
    uint32_t place = found->oneofs_at + (uint16_t)field->oneof;
    Slot *slot = slot_of(found, place);
    if (slot == NULL) {
        slot = claim(found, place);
    } else if (slot->arm != field) {
        uint32_t rank = rank_of(found, slot->arm);
        Slot *loser = rank == NO_RANK ? NULL : slot_of(found, rank);
        if (loser != NULL) {
            if (check_runs(walk, slot->arm, &loser->first))
                return -1;
            found->words[rank / 64] &= ~((uint64_t)1 << (rank % 64));
        }
    }
    slot->arm = field;
    return 0;
}

/* What is not shown must be sound, but where a projection was asked not to pay for it. */
static int check_hidden(Walk *walk, const Found *found, const Field *field, uint32_t wire_type,
                        Span value) {
    return found->table->partial ? 0 : check_value(walk, field, wire_type, value);
}

static int keep_single(Walk *walk, Found *found, const Field *field, Span value) {
    if (field->type == T_ENUM && field->names->closed) {
        uint64_t number = 0;
        const uint8_t *at = value.from;
        if (read_varint(&at, value.to, &number) || !enum_knows(field->names, (int32_t)number))
            return 0;
    }
    if (field->oneof >= 0 && turn_oneof(walk, found, field))
        return -1;
    uint32_t rank = rank_of(found, field);
    if (rank == NO_RANK)
        return check_hidden(walk, found, field, WIRE_TYPES[field->type], value);
    Slot *slot = slot_of(found, rank);
    if (slot == NULL) {
        set_first(claim(found, rank), value);
        return 0;
    }
    if (field->table != NULL)
        return append(walk, slot, value);
    if (field->type == T_STRING && check_text(slot->first.span.from, slot->first.span.to))
        return -1;
    slot->first.span = value;
    return 0;
}

/* `whole` is the field with its tag: neighbours grow into one run. */
static int keep_list(Walk *walk, Found *found, uint32_t rank, Span whole) {
    Slot *slot = slot_of(found, rank);
    if (slot == NULL) {
        set_first(claim(found, rank), whole);
        return 0;
    }
    slot->count++;
    if (slot->last->span.to != whole.from)
        return append(walk, slot, whole);
    slot->last->span.to = whole.to;
    return 0;
}

static int scan(Walk *walk, Found *found, Span span) {
    const Table *table = found->table;
    uint32_t tag;
    Span value;
    for (const uint8_t *at = span.from; at < span.to;) {
        const uint8_t *start = at;
        if (read_tag(&at, span.to, &tag) || wire_value(&at, span.to, tag, walk->levels, &value))
            return -1;
        const Field *field = field_of(table, tag >> 3);
        if (field == NULL || !fits(field, tag & 7)) {
            if (table->extendable)
                return -1;
            continue;
        }
        int failed;
        if (!field->repeated)
            failed = keep_single(walk, found, field, value);
        else if (rank_of(found, field) == NO_RANK)
            failed = check_hidden(walk, found, field, tag & 7, value);
        else
            failed = keep_list(walk, found, rank_of(found, field), (Span){start, at});
        if (failed)
            return -1;
    }
    return 0;
}

int found_in(Walk *walk, Found *found, const Table *table, const Field *only, const Run *runs) {
    if (found_begin(walk, found, table, only))
        return -1;
    for (; runs != NULL; runs = runs->next)
        if (scan(walk, found, runs->span))
            return -1;
    return 0;
}

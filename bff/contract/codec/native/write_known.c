/* Messages that are no object of their fields in JSON: the well-known types.
 *
 * Source  docs/spec/transcoding.md PJ12-PJ14; protobuf's ProtoJSON page; write_known.py.
 */
#include <math.h>

#include "write.h"

enum { VALUE_NULL, VALUE_NUMBER, VALUE_STRING, VALUE_BOOL, VALUE_STRUCT, VALUE_LIST, VALUE_KINDS };

static const Field *at_rank(const Table *table, uint32_t rank) {
    return &table->fields[table->order[rank]];
}

/* Timestamp and Duration: seconds and nanos. */
static int write_time(Walk *walk, const Found *found, Form form) {
    const Slot *first = slot_of(found, 0), *second = slot_of(found, 1);
    int64_t seconds = first ? (int64_t)integer_of(T_INT64, first->first.span) : 0;
    int32_t nanos = second ? (int32_t)integer_of(T_INT32, second->first.span) : 0;
    return form == AS_TIMESTAMP ? put_timestamp(walk->out, seconds, nanos)
                                : put_duration(walk->out, seconds, nanos);
}

static int is_small(uint8_t byte) { return byte >= 'a' && byte <= 'z'; }
static int is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

/* snake_case names with dots, each to lowerCamel; what would not come back is declined. */
static int write_mask_path(Bytes *out, Span path) {
    int begins = 1; /* of a name, or of a part of it behind an underscore: a letter must come */
    int is_part = 0;
    for (const uint8_t *at = path.from; at < path.to; at++) {
        if (begins) {
            if (!is_small(*at))
                return -1;
            put_byte(out, is_part ? (uint8_t)(*at - 'a' + 'A') : *at);
            begins = 0;
        } else if (is_small(*at) || is_digit(*at)) {
            put_byte(out, *at);
        } else if (*at == '_' || *at == '.') {
            is_part = *at == '_';
            begins = 1;
            if (!is_part)
                put_byte(out, '.');
        } else {
            return -1;
        }
    }
    return begins ? -1 : 0;
}

static int write_mask(Walk *walk, const Found *found) {
    Bytes *out = walk->out;
    const Slot *slot = slot_of(found, 0);
    put_byte(out, '"');
    if (slot != NULL) {
        Items items = items_of(at_rank(found->table, 0), slot);
        Span path;
        int more;
        for (int first = 1; (more = next_item(walk, &items, &path)) > 0; first = 0) {
            if (!first)
                put_byte(out, ',');
            if (write_mask_path(out, path))
                return -1;
        }
        if (more < 0)
            return -1;
    }
    put_byte(out, '"');
    return 0;
}

/* google.protobuf.Value: the one kind that is set; null for none. NaN has no JSON here. */
static int write_any_json(Walk *walk, const Found *found) {
    uint32_t kind = VALUE_NUMBER;
    while (kind < VALUE_KINDS && slot_of(found, kind) == NULL)
        kind++;
    if (kind == VALUE_KINDS) {
        put(walk->out, "null", 4);
        return 0;
    }
    const Slot *slot = slot_of(found, kind);
    if (kind == VALUE_NUMBER) {
        double number;
        memcpy(&number, slot->first.span.from, 8);
        if (!isfinite(number))
            return -1;
    }
    return write_field(walk, at_rank(found->table, kind), slot);
}

/* Struct, ListValue: all of their one field. A wrapper: its value, also when that is 0. */
static int write_first(Walk *walk, const Found *found) {
    const Field *field = at_rank(found->table, 0);
    const Slot *slot = slot_of(found, 0);
    if (slot != NULL)
        return write_field(walk, field, slot);
    put_empty(walk->out, field);
    return 0;
}

int write_known(Walk *walk, const Table *table, const Run *runs) {
    Mark mark = arena_mark(&walk->arena);
    Found found;
    int failed;
    if (table->form == AS_UNKNOWN || found_in(walk, &found, table, NULL, runs))
        return -1;
    switch (table->form) {
    case AS_TIMESTAMP:
    case AS_DURATION: failed = write_time(walk, &found, table->form); break;
    case AS_FIELD_MASK: failed = write_mask(walk, &found); break;
    case AS_VALUE: failed = write_any_json(walk, &found); break;
    default: failed = write_first(walk, &found);
    }
    arena_release(&walk->arena, mark);
    return failed;
}

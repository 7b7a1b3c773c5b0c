/* The values of a list or map, one by one: each run of fields again, and what is packed in them. */
#include "scan.h"

Items items_of(const Field *field, const Slot *slot) {
    Items items = {.field = field, .run = &slot->first, .at = slot->first.span.from};
    return items;
}

static int next_packed(Items *items, Span *span) {
    static const uint8_t SIZES[] = {[W_FIXED64] = 8, [W_FIXED32] = 4};
    uint8_t own = WIRE_TYPES[items->field->type];
    uint64_t value;
    span->from = items->packed.from;
    if (own == W_VARINT) {
        if (read_varint(&items->packed.from, items->packed.to, &value))
            return -1;
    } else {
        if (items->packed.to - items->packed.from < SIZES[own])
            return -1;
        items->packed.from += SIZES[own];
    }
    span->to = items->packed.from;
    return 1;
}

int next_item(const Walk *walk, Items *items, Span *span) {
    uint8_t own = WIRE_TYPES[items->field->type];
    uint32_t tag;
    for (;;) {
        if (items->packed.from != items->packed.to)
            return next_packed(items, span);
        while (items->at == items->run->span.to) {
            items->run = items->run->next;
            if (items->run == NULL)
                return 0;
            items->at = items->run->span.from;
        }
        const uint8_t *end = items->run->span.to;
        if (read_tag(&items->at, end, &tag) ||
            wire_value(&items->at, end, tag, walk->levels, span))
            return -1;
        if ((tag & 7) == own)
            return 1;
        items->packed = *span;
    }
}

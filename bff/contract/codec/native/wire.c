/* The longer ways of wire.h: many-byte varints, and groups. */
#include "wire.h"

int varint_slow(const uint8_t **at, const uint8_t *end, uint64_t *value) {
    const uint8_t *from = *at;
    uint64_t found = 0;
    for (unsigned shift = 0; shift < 70 && from < end; shift += 7) {
        uint8_t byte = *from++;
        if (shift == 63 && byte > 1)
            return -1;
        found |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *at = from;
            *value = found;
            return 0;
        }
    }
    return -1;
}

/* To behind the end tag of `number`; `inside->to` is that tag. One loop: groups can't exhaust C. */
int skip_group(const uint8_t **at, const uint8_t *end, uint32_t number, uint32_t levels,
               Span *inside) {
    uint32_t open[MOST_LEVELS + 1], count = 0, tag;
    uint64_t value;
    if (levels == 0 || levels > MOST_LEVELS)
        return -1;
    open[count++] = number;
    inside->from = *at;
    while (count > 0) {
        int failed = 0;
        inside->to = *at;
        if (*at >= end || read_tag(at, end, &tag))
            return -1;
        switch (tag & 7) {
        case W_VARINT: failed = read_varint(at, end, &value); break;
        case W_FIXED64: failed = skip_bytes(at, end, 8); break;
        case W_FIXED32: failed = skip_bytes(at, end, 4); break;
        case W_LENGTH: failed = read_length(at, end, &value) || skip_bytes(at, end, value); break;
        case W_START_GROUP:
            if (count >= levels)
                return -1;
            open[count++] = tag >> 3;
            break;
        case W_END_GROUP: failed = open[--count] != tag >> 3; break;
        default: return -1;
        }
        if (failed)
            return -1;
    }
    return 0;
}

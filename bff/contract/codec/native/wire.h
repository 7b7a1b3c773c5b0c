/* Protobuf's wire format, one value at a time: bounds are checked here and nowhere else.
 *
 * Strict where upb is: a varint has ten bytes at most, a tag and a length five, field number 0 is
 * none.
 * Source  protobuf.dev/programming-guides/encoding; upb's decoder, whose verdict counts.
 */
#ifndef BFF_WIRE_H
#define BFF_WIRE_H

#include <stddef.h>
#include <stdint.h>

enum { W_VARINT, W_FIXED64, W_LENGTH, W_START_GROUP, W_END_GROUP, W_FIXED32 };
enum {
    MOST_LEVELS = 100, /* messages inside of messages: upb's limit */
    MOST_GROUPS = 8    /* groups on the way to a value: more are left to the pure engine */
};

/* What a value occupies: for lengths and groups only what is inside. */
typedef struct {
    const uint8_t *from;
    const uint8_t *to;
} Span;

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "The wire is little-endian, and so must the machine be: elsewhere the pure engine serves."
#endif

int varint_slow(const uint8_t **at, const uint8_t *end, uint64_t *value);

static inline int read_varint(const uint8_t **at, const uint8_t *end, uint64_t *value) {
    const uint8_t *from = *at;
    if (from < end && *from < 0x80) {
        *value = *from;
        *at = from + 1;
        return 0;
    }
    if (end - from >= 2 && from[1] < 0x80) {
        *value = (uint64_t)from[1] << 7 | (from[0] & 0x7F);
        *at = from + 2;
        return 0;
    }
    return varint_slow(at, end, value);
}

/* 0, or -1 for what upb would refuse. */
static inline int read_tag(const uint8_t **at, const uint8_t *end, uint32_t *tag) {
    const uint8_t *start = *at;
    uint64_t value;
    if (read_varint(at, end, &value) || value > UINT32_MAX || *at - start > 5 || value < 8)
        return -1;
    *tag = (uint32_t)value;
    return 0;
}

static inline int read_length(const uint8_t **at, const uint8_t *end, uint64_t *length) {
    const uint8_t *start = *at;
    return read_varint(at, end, length) || *at - start > 5 ? -1 : 0;
}

/* To behind the end tag of `number`, one level deeper. */
int skip_group(const uint8_t **at, const uint8_t *end, uint32_t number, uint32_t levels,
               Span *inside);

static inline int skip_bytes(const uint8_t **at, const uint8_t *end, uint64_t count) {
    if (count > (uint64_t)(end - *at))
        return -1;
    *at += count;
    return 0;
}

/* From behind a tag to behind its value. `levels` bounds the groups inside of groups. */
static inline int wire_value(const uint8_t **at, const uint8_t *end, uint32_t tag, uint32_t levels,
                             Span *span) {
    uint64_t value;
    int failed;
    span->from = *at;
    switch (tag & 7) {
    case W_VARINT: failed = read_varint(at, end, &value); break;
    case W_FIXED64: failed = skip_bytes(at, end, 8); break;
    case W_FIXED32: failed = skip_bytes(at, end, 4); break;
    case W_LENGTH:
        failed = read_length(at, end, &value);
        span->from = *at;
        failed = failed || skip_bytes(at, end, value);
        break;
    case W_START_GROUP: return skip_group(at, end, tag >> 3, levels, span);
    default: return -1;
    }
    span->to = *at;
    return failed;
}

#endif

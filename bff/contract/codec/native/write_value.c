/* One scalar of the wire to JSON, and lists of whatever a field holds.
 *
 * Source  docs/spec/transcoding.md PJ1-PJ6, PJ20.
 */
#include <math.h>

#include "write.h"

int is_signed(uint8_t type) {
    return type != T_UINT64 && type != T_UINT32 && type != T_FIXED64 && type != T_FIXED32;
}

uint64_t integer_of(uint8_t type, Span value) {
    uint64_t found = 0;
    uint32_t half;
    if (value.from == value.to)
        return 0;
    if (value.to - value.from == 1 && type != T_SINT32 && type != T_SINT64 && type != T_BOOL)
        return *value.from;
    switch (type) {
    case T_FIXED64:
    case T_SFIXED64: memcpy(&found, value.from, 8); return found;
    case T_FIXED32: memcpy(&half, value.from, 4); return half;
    case T_SFIXED32: memcpy(&half, value.from, 4); return (uint64_t)(int32_t)half;
    default: break;
    }
    read_varint(&value.from, value.to, &found); /* it was read before, to find its end */
    switch (type) {
    case T_BOOL: return found != 0;
    case T_INT32:
    case T_ENUM: return (uint64_t)(int32_t)(uint32_t)found;
    case T_UINT32: return (uint32_t)found;
    case T_SINT32:
        half = (uint32_t)found;
        return (uint64_t)(int32_t)(half >> 1 ^ (0 - (half & 1)));
    case T_SINT64: return found >> 1 ^ (0 - (found & 1));
    default: return found;
    }
}

static void put_enum(Bytes *out, const Enum *names, int32_t value) {
    uint32_t low = 0, high = names->count;
    if (names->is_null) {
        put(out, "null", 4);
        return;
    }
    if (value >= 0 && (uint32_t)value < high && names->written[value].value == value)
        low = high = (uint32_t)value; /* most enums count from 0 */
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (names->written[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < names->count && names->written[low].value == value)
        put(out, names->written[low].text, names->written[low].length);
    else
        put_signed(out, value);
}

static void put_wide(const Walk *walk, uint8_t type, uint64_t value) {
    int quoted = !walk->plan->options.int64_numbers;
    if (quoted)
        put_byte(walk->out, '"');
    if (is_signed(type))
        put_signed(walk->out, (int64_t)value);
    else
        put_unsigned(walk->out, value);
    if (quoted)
        put_byte(walk->out, '"');
}

int write_value(Walk *walk, const Field *field, Span value) {
    Bytes *out = walk->out;
    double wide;
    float narrow;
    uint64_t integer;
    switch (field->type) {
    case T_STRING: return put_text(out, value.from, value.to);
    case T_BYTES: put_base64(out, value.from, value.to); return 0;
    case T_DOUBLE: memcpy(&wide, value.from, 8); return put_double(walk->plan, out, wide);
    case T_FLOAT: memcpy(&narrow, value.from, 4); return put_float(walk->plan, out, narrow);
    default: integer = integer_of(field->type, value);
    }
    switch (field->type) {
    case T_BOOL: put(out, integer ? "true" : "false", integer ? 4 : 5); break;
    case T_ENUM: put_enum(out, field->names, (int32_t)integer); break;
    case T_INT64:
    case T_SINT64:
    case T_SFIXED64:
    case T_UINT64:
    case T_FIXED64: put_wide(walk, field->type, integer); break;
    default: put_signed(out, (int64_t)integer); /* 32 bits, signed or not, fit */
    }
    return 0;
}

/* A number that a closed enum does not name counts as an unknown field. */
static int is_skipped(const Field *field, Span value) {
    return field->type == T_ENUM && field->names->closed &&
           !enum_knows(field->names, (int32_t)integer_of(T_ENUM, value));
}

/* Each value begins with a comma; the first one's becomes the bracket. */
int64_t write_list(Walk *walk, const Field *field, const Slot *slot) {
    Bytes *out = walk->out;
    Items items = items_of(field, slot);
    size_t start = out->length;
    int64_t count = 0;
    Span value;
    int more;
    while ((more = next_item(walk, &items, &value)) > 0) {
        if (is_skipped(field, value))
            continue;
        put_byte(out, ',');
        Run one = {.span = value};
        if (field->table != NULL ? write_inside(walk, field, &one)
                                 : write_value(walk, field, value))
            return -1;
        count++;
    }
    if (count == 0)
        put_byte(out, '[');
    else if (!out->failed)
        out->data[start] = '[';
    put_byte(out, ']');
    return more < 0 || out->failed ? -1 : count;
}

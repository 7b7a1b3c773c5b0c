/* One JSON scalar onto the wire, by the type of its field: called by read.c and read_map.c.
 *
 * Meaning scalars.py, numbers.py, enums.py.
 */
#include "read.h"

#include <math.h>

#include "number_read.h"

/* From here on a double rounds to infinity as a float. */
static const double FLOAT_END = 3.4028235677973366e38;

/* A JSON number, or a string that holds one and nothing else. */
static int read_number(Reader *reader, Number *number, Text *text) {
    Lexer *lexer = &reader->lexer;
    *text = (Text){NULL, 0, 0};
    if (*lexer->at == '"') {
        if (lex_string(lexer, text) != 0)
            return DECLINED;
        return number_of_text(text->data, text->length, number);
    }
    lexer->at = number_scan(lexer->at, lexer->end, number);
    return lexer->at == NULL ? DECLINED : DONE;
}

static int put_integer(Reader *reader, const Field *field, Way way, uint64_t value) {
    Bytes *out = reader->out;
    if (way == UNLESS_ZERO && value == 0)
        return DONE;
    if (bytes_need(out, 20) != 0)
        return DECLINED;
    uint8_t *at = out->data + out->length;
    if (way != BARE)
        at = write_varint(at, (uint64_t)field->number << 3 | VARINT);
    out->length = (size_t)(write_varint(at, value) - out->data);
    return DONE;
}

static int put_fixed(Reader *reader, const Field *field, Way way, uint64_t value, int width) {
    Bytes *out = reader->out;
    if (way == UNLESS_ZERO && value == 0)
        return DONE;
    if (bytes_need(out, 20) != 0)
        return DECLINED;
    uint8_t *at = out->data + out->length;
    if (way != BARE)
        at = write_varint(at, (uint64_t)field->number << 3 | (width == 8 ? FIXED64 : FIXED32));
    for (int i = 0; i < width; i++, value >>= 8)
        *at++ = (uint8_t)value;
    out->length = (size_t)(at - out->data);
    return DONE;
}

static int read_integer(Reader *reader, const Field *field, Way way) {
    Number number;
    Text text;
    uint64_t value;
    int wide = 0, is_signed = 0;
    switch (field->type) {
    case T_INT64: case T_SINT64: case T_SFIXED64:
        is_signed = 1; /* fall through */
    case T_UINT64: case T_FIXED64:
        wide = 1;
        break;
    case T_INT32: case T_SINT32: case T_SFIXED32:
        is_signed = 1;
        break;
    default:
        break;
    }
    int64_t lowest = !is_signed ? 0 : wide ? INT64_MIN : INT32_MIN;
    uint64_t highest = wide ? UINT64_MAX : UINT32_MAX;
    if (read_number(reader, &number, &text) != DONE ||
        number_integer(&number, lowest, highest >> is_signed, &value) != 0)
        return DECLINED;
    switch (field->type) {
    case T_SINT32: case T_SINT64:
        return put_integer(reader, field, way, value << 1 ^ (0 - (value >> 63)));
    case T_FIXED32: case T_SFIXED32:
        return put_fixed(reader, field, way, value, 4);
    case T_FIXED64: case T_SFIXED64:
        return put_fixed(reader, field, way, value, 8);
    default:
        return put_integer(reader, field, way, value);
    }
}

static int is_text(const Text *text, const char *word) {
    return text->length == strlen(word) && memcmp(text->data, word, text->length) == 0;
}

/* NaN, Infinity and -Infinity are texts; which bits NaN has, Python's own NaN says. */
static int nonfinite(const Text *text, double *value) {
    static const uint64_t nan_bits = UINT64_C(0x7FF8000000000000);
    if (is_text(text, "NaN"))
        memcpy(value, &nan_bits, sizeof *value);
    else if (is_text(text, "Infinity"))
        *value = (double)INFINITY;
    else if (is_text(text, "-Infinity"))
        *value = -(double)INFINITY;
    else
        return DECLINED;
    return DONE;
}

static int read_finite(Reader *reader, const Number *number, int in_string, double *value) {
    if (number_double(number, reader->plan->numbers, value) != 0)
        return DECLINED;
    if (!in_string && !number->real && number->digits == 0)
        *value = 0.0; /* -0 is an integer, and has no sign then */
    return DONE;
}

static int put_real(Reader *reader, const Field *field, Way way, double value) {
    uint64_t bits = 0;
    if (field->type == T_DOUBLE) {
        memcpy(&bits, &value, 8);
        return put_fixed(reader, field, way, bits, 8);
    }
    if (isfinite(value) && fabs(value) >= FLOAT_END)
        return DECLINED;
    float single = (float)value;
    uint32_t single_bits;
    memcpy(&single_bits, &single, 4);
    return put_fixed(reader, field, way, single_bits, 4);
}

static int read_real(Reader *reader, const Field *field, Way way) {
    Number number;
    Text text;
    double value;
    if (read_number(reader, &number, &text) != DONE) {
        if (!reader->plan->options.nonfinite || text.data == NULL ||
            nonfinite(&text, &value) != DONE)
            return DECLINED;
    } else if (read_finite(reader, &number, text.data != NULL, &value) != DONE) {
        return DECLINED;
    }
    return put_real(reader, field, way, value);
}

static int read_bool(Reader *reader, const Field *field, Way way) {
    Lexer *lexer = &reader->lexer;
    if (lex_word(lexer, "true", 4) == 0)
        return put_integer(reader, field, way, 1);
    if (lex_word(lexer, "false", 5) == 0)
        return put_integer(reader, field, way, 0);
    return DECLINED;
}

static int read_enum_name(Reader *reader, const Field *field, Way way) {
    Text text;
    if (lex_string(&reader->lexer, &text) != 0)
        return DECLINED;
    const Name *found =
        names_find(&field->names->read, (const char *)text.data, text.length);
    if (found != NULL)
        return put_integer(reader, field, way, (uint64_t)(int64_t)found->value);
    return reader->plan->options.skip_unknown ? SKIPPED : DECLINED;
}

static int read_enum(Reader *reader, const Field *field, Way way) {
    Lexer *lexer = &reader->lexer;
    Number number;
    uint64_t value;
    if (*lexer->at == '"')
        return read_enum_name(reader, field, way);
    if (*lexer->at == 'n' && field->names->is_null)
        return read_null(reader) == 0 ? put_integer(reader, field, way, 0) : DECLINED;
    lexer->at = number_scan(lexer->at, lexer->end, &number);
    if (lexer->at == NULL || number_integer(&number, INT32_MIN, INT32_MAX, &value) != 0)
        return DECLINED;
    int is_open = reader->plan->options.open_enums && !field->names->closed;
    if (!is_open && !enum_knows(field->names, (int32_t)(int64_t)value))
        return DECLINED;
    return put_integer(reader, field, way, value);
}

static int read_string(Reader *reader, const Field *field, Way way) {
    Text text;
    if (*reader->lexer.at != '"' || lex_string(&reader->lexer, &text) != 0)
        return DECLINED;
    if (field->type == T_BYTES)
        return read_base64(reader, field->number, &text, way);
    return read_text(reader, field->number, &text, way);
}

int read_scalar(Reader *reader, const Field *field, Way way) {
    switch (field->type) {
    case T_STRING: case T_BYTES:
        return read_string(reader, field, way);
    case T_BOOL:
        return read_bool(reader, field, way);
    case T_ENUM:
        return read_enum(reader, field, way);
    case T_DOUBLE: case T_FLOAT:
        return read_real(reader, field, way);
    case T_MESSAGE: case T_GROUP:
        return DECLINED;
    default:
        return read_integer(reader, field, way);
    }
}

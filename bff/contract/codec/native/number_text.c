/* Numbers to JSON text: the bytes that orjson writes.
 *
 * Doubles  The shortest decimal that reads back. Up to 15 digits there is only one that does, so it
 *          may be found by any road: multiply by a power of ten, divide again, compare. The rest
 *          asks `Numbers.double_text`, and only its form is changed: 1e+16, 0.00001, 1.5e-7.
 * Floats   As write_known.short_float: the first of 6, 7, 8, 9 digits that is the same float32.
 *          A float has 24 bits and 5^12 has 28: their product is exact in a double, so rounding it
 *          to an integer gives just the digits that printf's %g would.
 * Source   docs/spec/transcoding.md PJ3; W. D. Clinger, "How to read floating point numbers".
 */
#include <math.h>
#include <stdio.h>

#include "text.h"

enum { DOUBLE_TEXT = 40, EXACT_DIGITS = 15 };

static const double FLOAT_END = 3.4028235677973366e38; /* from here on a float is infinite */
static const double TENS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/* An unsigned decimal: digits times ten to the power of exponent. */
typedef struct {
    uint64_t digits;
    int exponent;
} Decimal;

static const char PAIRS[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

/* Writes before `end`; returns where the first digit is. */
static char *digits_before(char *end, uint64_t value) {
    while (value >= 100) {
        end -= 2;
        memcpy(end, PAIRS + value % 100 * 2, 2);
        value /= 100;
    }
    if (value >= 10) {
        end -= 2;
        memcpy(end, PAIRS + value * 2, 2);
    } else {
        *--end = (char)('0' + value);
    }
    return end;
}

static size_t count_of_digits(uint64_t value) {
    size_t count = 1;
    for (; value >= 10000; value /= 10000)
        count += 4;
    return count + (value >= 10) + (value >= 100) + (value >= 1000);
}

void put_unsigned(Bytes *out, uint64_t value) {
    if (bytes_need(out, 20))
        return;
    out->length += count_of_digits(value);
    digits_before((char *)out->data + out->length, value);
}

void put_signed(Bytes *out, int64_t value) {
    if (value < 0)
        put_byte(out, '-');
    put_unsigned(out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

static void put_zeros(Bytes *out, int count) {
    while (count-- > 0)
        put_byte(out, '0');
}

static void put_exponent(const Plan *plan, Bytes *out, int exponent) {
    put_byte(out, 'e');
    if (exponent > 0 && plan->options.exponent_plus)
        put_byte(out, '+');
    put_signed(out, exponent);
}

static void put_decimal(const Plan *plan, Bytes *out, Decimal decimal) {
    while (decimal.digits != 0 && decimal.digits % 10 == 0) {
        decimal.digits /= 10;
        decimal.exponent++;
    }
    char text[20], *end = text + sizeof text, *start = digits_before(end, decimal.digits);
    int count = (int)(end - start), point = count + decimal.exponent;
    if (decimal.digits == 0) {
        put(out, "0.0", 3);
    } else if (decimal.exponent >= 0 && point <= 16) {
        put(out, start, (size_t)count);
        put_zeros(out, decimal.exponent);
        put(out, ".0", 2);
    } else if (point > 0 && point <= 16) {
        put(out, start, (size_t)point);
        put_byte(out, '.');
        put(out, start + point, (size_t)(count - point));
    } else if (point > -5 && point <= 0) {
        put(out, "0.", 2);
        put_zeros(out, -point);
        put(out, start, (size_t)count);
    } else {
        put_byte(out, (uint8_t)*start);
        if (count > 1) {
            put_byte(out, '.');
            put(out, start + 1, (size_t)count - 1);
        }
        put_exponent(plan, out, point - 1);
    }
}

/* "1.5e-07", "15", "0.1", with any mark for the point, as printf has it in other locales. */
static int decimal_of(const char *text, size_t length, Decimal *decimal) {
    int fraction = 0, exponent = 0, negative = 0;
    size_t i = 0;
    *decimal = (Decimal){0, 0};
    for (; i < length && text[i] != 'e'; i++) {
        if (text[i] < '0' || text[i] > '9') {
            fraction = 1;
            continue;
        }
        if (decimal->digits > (UINT64_MAX - 9) / 10)
            return -1;
        decimal->digits = decimal->digits * 10 + (uint64_t)(text[i] - '0');
        decimal->exponent -= fraction;
    }
    for (i++; i < length; i++) {
        negative |= text[i] == '-';
        if (text[i] >= '0' && text[i] <= '9' && exponent < 10000)
            exponent = exponent * 10 + (text[i] - '0');
    }
    decimal->exponent += negative ? -exponent : exponent;
    return 0;
}

/* The decimal of at most 15 digits that reads back as `value`, if one of these powers finds it. */
static int short_decimal(double value, Decimal *decimal) {
    static const int POWERS[] = {2, 5, 9, 13};
    if (value < 1e-5 || value >= 1e15)
        return -1;
    for (size_t i = 0; i < sizeof POWERS / sizeof *POWERS; i++) {
        double ten = TENS[POWERS[i]], scaled = value * ten + 0.5;
        if (scaled >= 1e15)
            return -1;
        uint64_t digits = (uint64_t)scaled;
        if ((double)digits / ten == value) {
            *decimal = (Decimal){digits, -POWERS[i]};
            return 0;
        }
    }
    return -1;
}

static int double_decimal(const Plan *plan, double value, Decimal *decimal) {
    char text[DOUBLE_TEXT];
    if (value >= 1 && value < 1e15 && (double)(uint64_t)value == value) {
        *decimal = (Decimal){(uint64_t)value, 0};
        return 0;
    }
    if (short_decimal(value, decimal) == 0)
        return 0;
    int length = plan->numbers->double_text(value, text, sizeof text);
    return length < 0 ? -1 : decimal_of(text, (size_t)length, decimal);
}

static void put_nonfinite(Bytes *out, int is_nan, int is_negative) {
    if (is_nan)
        put(out, "\"NaN\"", 5);
    else if (is_negative)
        put(out, "\"-Infinity\"", 11);
    else
        put(out, "\"Infinity\"", 10);
}

int put_double(const Plan *plan, Bytes *out, double value) {
    Decimal decimal = {0, 0};
    if (!isfinite(value)) {
        put_nonfinite(out, isnan(value), value < 0);
        return 0;
    }
    if (value != 0 && double_decimal(plan, fabs(value), &decimal))
        return -1;
    if (signbit(value))
        put_byte(out, '-');
    put_decimal(plan, out, decimal);
    return 0;
}

/* `count` digits of a float from 1e-4 to below 1e7; -1: so many can't be had exactly. */
static int rounded(double value, int count, Decimal *decimal) {
    int point = -4;
    while (point < 7 && value >= (point < -1 ? 1 / TENS[-point - 1] : TENS[point + 1]))
        point++;
    int power = count - 1 - point;
    if (power < 0 || power > 12)
        return -1;
    double scaled = nearbyint(value * TENS[power]);
    *decimal = (Decimal){(uint64_t)scaled, -power};
    return (float)(scaled / TENS[power]) == (float)value ? 1 : 0;
}

/* Any float, by way of printf, which rounds exactly in every C library that matters. */
static int printed(const Plan *plan, double value, int count, Decimal *decimal) {
    char text[DOUBLE_TEXT];
    double read;
    int length = snprintf(text, sizeof text, "%.*e", count - 1, value);
    if (length < 0 || decimal_of(text, (size_t)length, decimal))
        return -1;
    length = snprintf(text, sizeof text, "%llue%d", (unsigned long long)decimal->digits,
                      decimal->exponent);
    if (length < 0 || plan->numbers->text_double(text, (size_t)length, &read))
        return -1;
    return read < FLOAT_END && (float)read == (float)value;
}

static int float_decimal(const Plan *plan, double value, Decimal *decimal) {
    if (value <= 16777216.0 && value >= 1 && (double)(uint32_t)value == value) {
        *decimal = (Decimal){(uint32_t)value, 0};
        return 0;
    }
    for (int count = 6, found; count <= 9; count++) {
        found = value >= 1e-4 && value < 1e6 ? rounded(value, count, decimal) : -1;
        if (found < 0)
            found = printed(plan, value, count, decimal);
        if (found != 0 || count == 9)
            return found < 0 ? -1 : 0;
    }
    return -1;
}

int put_float(const Plan *plan, Bytes *out, float value) {
    Decimal decimal = {0, 0};
    if (!isfinite(value)) {
        put_nonfinite(out, isnan(value), value < 0);
        return 0;
    }
    if (value != 0 && float_decimal(plan, fabs((double)value), &decimal))
        return -1;
    if (signbit(value))
        put_byte(out, '-');
    put_decimal(plan, out, decimal);
    return 0;
}

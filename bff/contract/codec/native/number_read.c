/* Numbers from text: see number_read.h. */
#include "number_read.h"

#include <float.h>
#include <math.h>

/* json_text.py refuses real numbers that are longer; longer integers are left to it. */
enum { MOST_CHARACTERS = 400, MOST_EXPONENT = 9999, MOST_EXACT_POWER = 22 };

static const uint64_t MOST_EXACT = (uint64_t)1 << 53;

static inline int is_digit(const uint8_t *at, const uint8_t *end) {
    return at < end && *at >= '0' && *at <= '9';
}

static const uint8_t *scan_digits(const uint8_t *at, const uint8_t *end, Number *number) {
    for (; is_digit(at, end); at++) {
        uint64_t digit = *at - (uint64_t)'0';
        if (number->digits > (UINT64_MAX - digit) / 10)
            number->whole_digits = 0;
        else
            number->digits = number->digits * 10 + digit;
    }
    return at;
}

static const uint8_t *scan_fraction(const uint8_t *at, const uint8_t *end, Number *number) {
    number->real = 1;
    const uint8_t *start = at + 1;
    if (!is_digit(start, end))
        return NULL;
    at = scan_digits(start, end, number);
    if (at - start > MOST_CHARACTERS)
        return NULL;
    number->exponent = -(int32_t)(at - start);
    return at;
}

static const uint8_t *scan_exponent(const uint8_t *at, const uint8_t *end, Number *number) {
    int32_t exponent = 0;
    int negative = 0;
    number->real = 1;
    at++;
    if (at < end && (*at == '+' || *at == '-'))
        negative = *at++ == '-';
    if (!is_digit(at, end))
        return NULL;
    for (; is_digit(at, end); at++)
        if (exponent <= MOST_EXPONENT)
            exponent = exponent * 10 + (*at - '0');
    number->exponent += negative ? -exponent : exponent;
    return at;
}

const uint8_t *number_scan(const uint8_t *at, const uint8_t *end, Number *number) {
    *number = (Number){.text = at, .whole_digits = 1};
    if (at < end && *at == '-') {
        number->negative = 1;
        at++;
    }
    if (!is_digit(at, end))
        return NULL;
    at = *at == '0' ? at + 1 : scan_digits(at, end, number);
    if (at < end && *at == '.')
        at = scan_fraction(at, end, number);
    if (at != NULL && at < end && (*at | 0x20) == 'e')
        at = scan_exponent(at, end, number);
    if (at == NULL || at - number->text > MOST_CHARACTERS)
        return NULL;
    number->length = (size_t)(at - number->text);
    return at;
}

int number_of_text(const uint8_t *text, size_t length, Number *number) {
    const uint8_t *end = text + length;
    return number_scan(text, end, number) == end ? 0 : -1;
}

int number_integer(const Number *number, int64_t lowest, uint64_t highest, uint64_t *value) {
    if (number->real || !number->whole_digits)
        return -1;
    uint64_t least = 0 - (uint64_t)lowest;
    if (number->digits > (number->negative ? least : highest))
        return -1;
    *value = number->negative ? 0 - number->digits : number->digits;
    return 0;
}

/* Both factors are exact, so one rounding makes the nearest double (Clinger, 1990). */
static int fast_double(const Number *number, double *value) {
    static const double powers[MOST_EXACT_POWER + 1] = {
        1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    };
    int32_t exponent = number->exponent;
    if (FLT_EVAL_METHOD != 0 || !number->whole_digits || number->digits > MOST_EXACT ||
        exponent < -MOST_EXACT_POWER || exponent > MOST_EXACT_POWER)
        return -1;
    double digits = (double)number->digits;
    *value = exponent < 0 ? digits / powers[-exponent] : digits * powers[exponent];
    if (number->negative)
        *value = -*value;
    return 0;
}

int number_double(const Number *number, const Numbers *numbers, double *value) {
    if (fast_double(number, value) == 0)
        return 0;
    if (numbers->text_double((const char *)number->text, number->length, value) != 0)
        return -1;
    return isfinite(*value) ? 0 : -1;
}

int number_is_exactly_whole(const Number *number) {
    uint64_t digits = number->digits;
    int32_t exponent = number->exponent;
    if (!number->whole_digits)
        return 0;
    if (digits == 0)
        return 1;
    for (; exponent < 0 && digits % 10 == 0; exponent++)
        digits /= 10;
    for (; exponent > 0 && digits <= MOST_EXACT; exponent--)
        digits *= 10;
    return exponent == 0 && digits <= MOST_EXACT;
}

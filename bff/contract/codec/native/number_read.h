/* The text of a number to what an integer or a double holds.
 *
 * Why     JSON numbers and numbers in strings are one grammar: -?(0|[1-9][0-9]*)(\.[0-9]+)?
 *         ([eE][+-]?[0-9]+)?  What is not is declined (docs/spec/bad-input.md rows 65 to 69).
 * Called by read_scalar.c, read_map.c, read_struct.c, read_skip.c, value.c.
 * Never   rounds an integer.
 */
#ifndef BFF_NUMBER_READ_H
#define BFF_NUMBER_READ_H

#include "table.h"

typedef struct {
    const uint8_t *text;
    size_t length;
    uint64_t digits;  /* all digits as one integer, if `whole_digits` */
    int32_t exponent; /* its power of ten */
    uint8_t negative;
    uint8_t real;     /* has a point or an exponent */
    uint8_t whole_digits; /* no digit was lost in `digits` */
} Number;

/* Reads the number at `at`; returns what follows it, NULL for none or one that is too long. */
const uint8_t *number_scan(const uint8_t *at, const uint8_t *end, Number *number);

/* The same, of a text that must be a number and nothing else: 0 or -1. */
int number_of_text(const uint8_t *text, size_t length, Number *number);

/* Without a point or exponent, from `lowest` to `highest`, in two's complement: 0 or -1. */
int number_integer(const Number *number, int64_t lowest, uint64_t highest, uint64_t *value);

/* The nearest double: 0; -1: beyond all doubles. */
int number_double(const Number *number, const Numbers *numbers, double *value);

/* Whether that is a small whole number, and exactly so. */
int number_is_exactly_whole(const Number *number);

#endif

/* Scalars to JSON text, as orjson writes it, down to the byte (text.c, number_text.c, time_text.c).
 *
 * Every `put_` that returns an int: 0, or -1 for what has no JSON form; then the walk is declined.
 */
#ifndef BFF_TEXT_H
#define BFF_TEXT_H

#include "bytes.h"
#include "table.h"

int check_text(const uint8_t *from, const uint8_t *to); /* 0: UTF-8 */
int put_text(Bytes *out, const uint8_t *from, const uint8_t *to);
void put_base64(Bytes *out, const uint8_t *from, const uint8_t *to);

void put_unsigned(Bytes *out, uint64_t value);
void put_signed(Bytes *out, int64_t value);
int put_double(const Plan *plan, Bytes *out, double value); /* "NaN" and such as strings */
int put_float(const Plan *plan, Bytes *out, float value);

int put_timestamp(Bytes *out, int64_t seconds, int32_t nanos);
int put_duration(Bytes *out, int64_t seconds, int32_t nanos);

#endif

/* Timestamp and Duration to their JSON text: as time_text.py, refusals declined.
 *
 * Source  google/protobuf/timestamp.proto, duration.proto; H. Hinnant, "chrono-Compatible Low-Level
 *         Date Algorithms" (civil_from_days).
 */
#include "text.h"

static const int64_t FIRST_SECOND = -62135596800;    /* 0001-01-01T00:00:00Z */
static const int64_t LAST_SECOND = 253402300799;     /* 9999-12-31T23:59:59Z */
static const int64_t MOST_DURATION_S = 315576000000;
static const int32_t NANOS = 1000000000;
enum { DAY_S = 86400, LONGEST = 40 };

static uint8_t *two(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)('0' + value / 10);
    at[1] = (uint8_t)('0' + value % 10);
    return at + 2;
}

/* .123, .123456 or .123456789; nothing for 0 */
static uint8_t *fraction(uint8_t *at, uint32_t nanos) {
    int digits = 9;
    if (nanos == 0)
        return at;
    for (; digits > 3 && nanos % 1000 == 0; digits -= 3)
        nanos /= 1000;
    *at++ = '.';
    for (int i = digits; i-- > 0; nanos /= 10)
        at[i] = (uint8_t)('0' + nanos % 10);
    return at + digits;
}

/* `days` since 0000-03-01, from which on leap days end a year. */
static uint8_t *date(uint8_t *at, uint32_t days) {
    uint32_t era = days / 146097, day_of_era = days % 146097;
    uint32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t shifted = (5 * day_of_year + 2) / 153;
    uint32_t month = shifted < 10 ? shifted + 3 : shifted - 9;
    uint32_t year = year_of_era + era * 400 + (month <= 2);
    at = two(two(at, year / 100), year % 100);
    *at++ = '-';
    at = two(at, month);
    *at++ = '-';
    return two(at, day_of_year - (153 * shifted + 2) / 5 + 1);
}

int put_timestamp(Bytes *out, int64_t seconds, int32_t nanos) {
    if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos >= NANOS)
        return -1;
    if (bytes_need(out, LONGEST))
        return -1;
    uint64_t since = (uint64_t)(seconds + (int64_t)719468 * DAY_S);
    uint32_t second = (uint32_t)(since % DAY_S);
    uint8_t *at = out->data + out->length;
    *at++ = '"';
    at = date(at, (uint32_t)(since / DAY_S));
    *at++ = 'T';
    at = two(at, second / 3600);
    *at++ = ':';
    at = two(at, second / 60 % 60);
    *at++ = ':';
    at = fraction(two(at, second % 60), (uint32_t)nanos);
    *at++ = 'Z';
    *at++ = '"';
    out->length = (size_t)(at - out->data);
    return 0;
}

int put_duration(Bytes *out, int64_t seconds, int32_t nanos) {
    if (seconds < -MOST_DURATION_S || seconds > MOST_DURATION_S || nanos <= -NANOS ||
        nanos >= NANOS || (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0))
        return -1;
    int negative = seconds < 0 || nanos < 0;
    uint8_t text[16];
    put(out, negative ? "\"-" : "\"", negative ? 2 : 1);
    put_unsigned(out, (uint64_t)(negative ? -seconds : seconds));
    put(out, text, (size_t)(fraction(text, (uint32_t)(negative ? -nanos : nanos)) - text));
    put(out, "s\"", 2);
    return 0;
}

/* Timestamp, Duration and FieldMask from their texts: called by read.c.
 *
 * Meaning time_text.py and mask_text.py.
 */
#include "read.h"

enum { NANO_DIGITS = 9, DAYS_OF_ERA = 146097, SECONDS_OF_DAY = 86400 };

static const int64_t FIRST_SECOND = -62135596800; /* 0001-01-01T00:00:00Z */
static const int64_t LAST_SECOND = 253402300799;  /* 9999-12-31T23:59:59Z */
static const int64_t MOST_DURATION_S = 315576000000;

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
} Cursor;

/* Exactly `count` digits; -1: they are not there. */
static int64_t digits(Cursor *text, int count) {
    int64_t value = 0;
    if (text->end - text->at < count)
        return -1;
    for (; count > 0; count--) {
        uint8_t byte = *text->at++;
        if (byte < '0' || byte > '9')
            return -1;
        value = value * 10 + (byte - '0');
    }
    return value;
}

static int count_digits(const Cursor *text) {
    const uint8_t *at = text->at;
    while (at < text->end && *at >= '0' && *at <= '9')
        at++;
    return (int)(at - text->at);
}

static int skip(Cursor *text, uint8_t byte) {
    if (text->at == text->end || *text->at != byte)
        return 0;
    text->at++;
    return 1;
}

/* ".5" as nanoseconds; 0 where no point is; -1: one to nine digits must follow it. */
static int64_t fraction(Cursor *text) {
    if (!skip(text, '.'))
        return 0;
    int count = count_digits(text);
    if (count < 1 || count > NANO_DIGITS)
        return -1;
    int64_t nanos = digits(text, count);
    for (; count < NANO_DIGITS; count++)
        nanos *= 10;
    return nanos;
}

static int days_of_month(int64_t year, int64_t month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && is_leap ? 29 : days[month - 1];
}

/* Days since 1970 of a date from year 1 on (H. Hinnant, chrono-compatible date algorithms). */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day) {
    int64_t from_march = (month + 9) % 12, march_year = year - (month <= 2);
    int64_t era = march_year / 400, year_of_era = march_year % 400;
    int64_t day_of_year = (153 * from_march + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_OF_ERA + day_of_era - 719468;
}

static int read_date(Cursor *text, int64_t *seconds) {
    int64_t year = digits(text, 4);
    int64_t month = skip(text, '-') ? digits(text, 2) : -1;
    int64_t day = month > 0 && skip(text, '-') ? digits(text, 2) : -1;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
        return DECLINED;
    *seconds = days_since_1970(year, month, day) * SECONDS_OF_DAY;
    return skip(text, 'T') ? DONE : DECLINED;
}

static int read_clock(Cursor *text, int with_seconds, int64_t *seconds) {
    int64_t hour = digits(text, 2);
    int64_t minute = hour >= 0 && skip(text, ':') ? digits(text, 2) : -1;
    int64_t second = with_seconds ? (minute >= 0 && skip(text, ':') ? digits(text, 2) : -1) : 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return DECLINED;
    *seconds = hour * 3600 + minute * 60 + second;
    return DONE;
}

static int read_offset(Cursor *text, int64_t *seconds) {
    *seconds = 0;
    if (skip(text, 'Z'))
        return DONE;
    int is_behind = skip(text, '-');
    if (!is_behind && !skip(text, '+'))
        return DECLINED;
    if (read_clock(text, 0, seconds) != DONE)
        return DECLINED;
    if (is_behind)
        *seconds = -*seconds;
    return DONE;
}

static void put_seconds_and_nanos(Bytes *out, int64_t seconds, int64_t nanos) {
    if (seconds != 0) {
        put_tag(out, 1, VARINT);
        put_varint(out, (uint64_t)seconds);
    }
    if (nanos != 0) {
        put_tag(out, 2, VARINT);
        put_varint(out, (uint64_t)nanos);
    }
}

static int read_timestamp(Cursor *text, Bytes *out) {
    int64_t days_s, clock_s, offset_s, nanos;
    if (read_date(text, &days_s) != DONE || read_clock(text, 1, &clock_s) != DONE ||
        (nanos = fraction(text)) < 0 || read_offset(text, &offset_s) != DONE)
        return DECLINED;
    int64_t seconds = days_s + clock_s - offset_s;
    if (text->at != text->end || seconds < FIRST_SECOND || seconds > LAST_SECOND)
        return DECLINED;
    put_seconds_and_nanos(out, seconds, nanos);
    return DONE;
}

static int read_duration(Cursor *text, Bytes *out) {
    int is_negative = skip(text, '-');
    int count = count_digits(text);
    if (count < 1 || count > 12)
        return DECLINED;
    int64_t seconds = digits(text, count), nanos = fraction(text);
    if (seconds > MOST_DURATION_S || nanos < 0 || !skip(text, 's') || text->at != text->end)
        return DECLINED;
    put_seconds_and_nanos(out, is_negative ? -seconds : seconds, is_negative ? -nanos : nanos);
    return DONE;
}

static int is_lower(uint8_t byte) { return byte >= 'a' && byte <= 'z'; }
static int is_upper(uint8_t byte) { return byte >= 'A' && byte <= 'Z'; }
static int is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

/* One path up to its comma, in snake_case: every name in it begins with a small letter. */
static int read_path(Cursor *text, Bytes *out) {
    put_tag(out, 1, LENGTH);
    size_t start = open_length(out);
    int begins = 1;
    for (; text->at < text->end && *text->at != ','; text->at++) {
        uint8_t byte = *text->at;
        int may_stand = begins ? is_lower(byte)
                               : is_lower(byte) || is_upper(byte) || is_digit(byte) || byte == '.';
        if (!may_stand)
            return DECLINED;
        if (is_upper(byte))
            put_byte(out, '_');
        put_byte(out, is_upper(byte) ? byte | 0x20 : byte);
        begins = byte == '.';
    }
    return begins ? DECLINED : close_length(out, start);
}

static int read_field_mask(Cursor *text, Bytes *out) {
    if (text->at == text->end)
        return DONE;
    do {
        if (read_path(text, out) != DONE)
            return DECLINED;
    } while (skip(text, ','));
    return DONE;
}

int read_known(Reader *reader, Form form) {
    Text text;
    if (*reader->lexer.at != '"' || lex_string(&reader->lexer, &text) != 0)
        return DECLINED;
    Cursor cursor = {text.data, text.data + text.length};
    if (form == AS_TIMESTAMP)
        return read_timestamp(&cursor, reader->out);
    if (form == AS_DURATION)
        return read_duration(&cursor, reader->out);
    return read_field_mask(&cursor, reader->out);
}

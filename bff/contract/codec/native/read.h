/* What the parts of the JSON -> wire walker share; walk.h is its door.
 *
 * Shape   Every function that reads a value starts at its first byte (`lex_value` was called) and
 *         writes to `out`. It answers DONE, DECLINED, or SKIPPED: an enum name that nobody knows,
 *         where such names are ignored; then nothing was written.
 */
#ifndef BFF_READ_H
#define BFF_READ_H

#include "lex.h"
#include "read_keys.h"
#include "walk.h"

enum { DECLINED = -1, DONE = 0, SKIPPED = 1 };

/* upb reads no deeper; a service that can't read a request should not get it. */
enum { MOST_WIRE_DEPTH = 100 };

enum { VARINT = 0, FIXED64 = 1, LENGTH = 2, GROUP_START = 3, GROUP_END = 4, FIXED32 = 5 };

typedef struct {
    Lexer lexer;
    const Plan *plan;
    Bytes *out;
    Keys keys;
    uint32_t wire_depth;
    const uint32_t *unless; /* numbers of the root's fields that must not be there, ... */
    size_t unless_count;    /* ... not even as null */
} Reader;

/* How a scalar is put: its value alone (packed); with its tag; so, but only if it is not zero. */
typedef enum { BARE, TAGGED, UNLESS_ZERO } Way;

int read_message(Reader *reader, const Table *table); /* the content of a message of any form */
int read_field(Reader *reader, const Field *field);   /* all of a field */
int read_submessage(Reader *reader, const Field *field); /* one message of a field */
int read_scalar(Reader *reader, const Field *field, Way way);
int read_map(Reader *reader, const Field *field);
int read_known(Reader *reader, Form form);  /* Timestamp, Duration, FieldMask */
int read_struct(Reader *reader, Form form); /* Struct, Value, ListValue */
int skip_value(Reader *reader); /* read and drop: as strict as if somebody knew it */

/* Writes a string's text as it is, but for NUL. */
int read_text(Reader *reader, uint32_t number, const Text *text, Way way);
/* Writes the bytes that base64 text stands for. */
int read_base64(Reader *reader, uint32_t number, const Text *text, Way way);

static inline uint8_t *write_varint(uint8_t *at, uint64_t value) {
    for (; value >= 0x80; value >>= 7)
        *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)value;
    return at;
}

static inline void put_varint(Bytes *out, uint64_t value) {
    if (bytes_need(out, 10) == 0)
        out->length = (size_t)(write_varint(out->data + out->length, value) - out->data);
}

static inline void put_tag(Bytes *out, uint32_t number, uint32_t wire_type) {
    put_varint(out, (uint64_t)number << 3 | wire_type);
}

/* Room for a length of one byte; returns where what it counts begins. */
static inline size_t open_length(Bytes *out) {
    put_byte(out, 0);
    return out->length;
}

int close_length(Bytes *out, size_t start); /* DECLINED: no memory */

static inline int at_null(const Reader *reader) { return *reader->lexer.at == 'n'; }

static inline int read_null(Reader *reader) { return lex_word(&reader->lexer, "null", 4); }

static inline int enter_message(Reader *reader) {
    return ++reader->wire_depth > MOST_WIRE_DEPTH ? DECLINED : DONE;
}

static inline void leave_message(Reader *reader) { reader->wire_depth--; }

#endif

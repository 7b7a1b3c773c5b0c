/* What the walkers know of one proto type: made once at boot from descriptors, never changed after.
 *
 * Why     The walkers need no Python and no descriptor: the same C runs in the extension and under
 *         the fuzzer.
 * Made by table.c, from the bytes that bff/contract/codec/native_plan.py packs its tuples into.
 * Rule    Walkers answer or decline. Whatever is rare, wrong or doubtful is declined, and the pure
 *         engine then gives the answer or the refusal: so both engines always agree.
 */
#ifndef BFF_TABLE_H
#define BFF_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* FieldDescriptor.TYPE_*, as descriptor.proto numbers them. */
enum {
    T_DOUBLE = 1, T_FLOAT, T_INT64, T_UINT64, T_INT32, T_FIXED64, T_FIXED32, T_BOOL, T_STRING,
    T_GROUP, T_MESSAGE, T_BYTES, T_UINT32, T_ENUM, T_SFIXED32, T_SFIXED64, T_SINT32, T_SINT64
};

/* How a message looks in JSON. */
typedef enum {
    AS_OBJECT,     /* an object of its fields */
    AS_TIMESTAMP,  /* RFC 3339 text */
    AS_DURATION,   /* "1.5s" */
    AS_FIELD_MASK, /* "a,bC" */
    AS_STRUCT, AS_VALUE, AS_LIST, /* any JSON */
    AS_WRAPPED,    /* the value of its one field, number 1: fields[0] */
    AS_UNKNOWN     /* Any, and whatever else is left to the pure engine: always declined */
} Form;

typedef struct {
    const char *text;  /* UTF-8 */
    uint32_t length;
    int32_t value;     /* an enum's number, or an index into a table's fields */
} Name;

typedef struct {       /* open addressing, `mask` + 1 slots, a power of two; text NULL: free */
    Name *slots;
    uint32_t mask;
} Names;

typedef struct {
    Name *written;     /* by number: the JSON to write, quotes and all; sorted by `value` */
    uint32_t count;    /* 0: numbers are written */
    Names read;        /* every spelling that is read -> number */
    uint8_t closed;    /* a number that it does not name counts as an unknown field */
    uint8_t is_null;   /* google.protobuf.NullValue: null, always */
    int32_t *known;    /* its numbers, sorted */
    uint32_t known_count;
} Enum;

typedef struct Table Table;

#define NO_RANK 0xFFFF
#define MOST_RANKS 4096  /* 64 words of 64 bits: a type with more written fields is declined */

typedef struct {
    uint32_t number;
    uint8_t type;        /* T_ */
    uint8_t repeated;    /* a list; for a map, `map` as well */
    uint8_t map;         /* `table` is the entry: fields[0] its key, fields[1] its value */
    uint8_t packed;      /* how a list is put on the wire */
    uint8_t presence;    /* unset and default are two things */
    uint8_t written;     /* an answer may carry it */
    uint8_t always;      /* ... and does so when it is empty */
    uint8_t readable;    /* a request may carry it */
    uint8_t takes_null;  /* null is a value for it, not "unset" */
    int16_t oneof;       /* which of its table's real oneofs, -1: none */
    uint16_t rank;       /* its place in its table's order; NO_RANK: not written */
    const char *key;     /* `,"name":` as written: the first comma becomes the brace */
    uint32_t key_length;
    const char *empty;   /* `,"name":""` or [], {}, 0 ...: what is written when it is empty */
    uint32_t empty_length;
    const Table *table;  /* T_MESSAGE, T_GROUP */
    const Enum *names;   /* T_ENUM */
} Field;

struct Table {
    Form form;
    uint8_t extendable;  /* a field that it lacks is declined: it may be an extension, and
                            upb throws away a map's entry that holds one */
    uint8_t partial;     /* a projection: what it does not show is not looked into */
    Field *fields;       /* all of them, sorted by number */
    uint32_t count;
    uint16_t *order;     /* indexes of the written ones, in the order in which they are written */
    uint32_t written;
    uint32_t oneofs;
    uint64_t *always;    /* by rank: the bits of the fields that are `always` written */
    uint64_t always_words; /* ... and which of those words are not 0 */
    uint16_t *by_number; /* number -> index + 1, for numbers below `dense`; 0: none */
    uint32_t dense;
    Names read;          /* JSON and proto spellings of readable fields -> index */
};

/* JsonOptions, and what of JsonLimits bounds a walk; one for all tables of a plan. */
typedef struct {
    uint8_t int64_numbers;   /* write 64-bit integers as numbers */
    uint8_t skip_unknown;    /* members and enum names that nobody knows are skipped */
    uint8_t nonfinite;       /* read "NaN", "Infinity", "-Infinity" */
    uint8_t nul;             /* read U+0000 in strings */
    uint8_t open_enums;      /* read numbers that an open enum does not name */
    uint8_t exponent_plus;   /* write 1e+16, not 1e16: as the orjson beside us does */
    uint32_t depth;          /* JSON: objects and arrays inside each other */
    uint32_t nodes;          /* JSON values of any kind */
} Options;

/* Numbers whose text has no fast way; the extension gives CPython's, the fuzzer the C library's. */
typedef struct {
    int (*double_text)(double value, char *out, size_t room); /* shortest that reads back, in any
                                                                 form; length, or -1 */
    int (*text_double)(const char *text, size_t length, double *value); /* 0, or -1 */
} Numbers;

typedef struct {
    Options options;
    const Numbers *numbers;
} Plan;

typedef struct {
    Plan plan;
    Table *tables;
    uint32_t count;
    Enum *enums;
    uint32_t enum_count;
    void *memory;        /* all that they point to */
} TableSet;

/* Makes the tables of one packed plan (native_plan.py); `numbers` is left to the caller.
 * 0, or -1: no memory, or bytes that no native_plan of this version packed; nothing is kept then.
 */
int tables_load(TableSet *set, const uint8_t *packed, size_t length);
void tables_free(TableSet *set);

const Field *table_field(const Table *table, uint32_t number); /* NULL: it has none */
const Name *names_find(const Names *names, const char *text, size_t length);

/* Whether the enum names this number. */
static inline int enum_knows(const Enum *names, int32_t value) {
    uint32_t low = 0, high = names->known_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (names->known[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low < names->known_count && names->known[low] == value;
}

#endif

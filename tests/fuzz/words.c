/* See words.h. */
#include "words.h"

#include <stdio.h>

#include "wire.h"

static const uint64_t NUMBERS[] = {
    0, 1, 2, 3, 7, 8, 63, 64, 100, 127, 128, 255, 256, 16383, 16384, 65535, 999999999, 1000000000,
    0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, 315576000000, 253402300799,
    UINT64_MAX / 2, UINT64_MAX / 2 + 1, UINT64_MAX, UINT64_MAX - 62135596799, UINT64_MAX - 1};

static const char *const TOKENS[] = {
    "{", "}", "[", "]", "{}", "[]", "{\"", "\":", ",", ":", "\"", "\"\"", "null", "true", "false",
    "0", "-0", "-0.0", "1", "-1", "1.0", "1e2", "1E+2", "1.5e-7", "1e16", "1e400", "1e-400", "0.1",
    "2147483647", "2147483648", "-2147483648", "4294967295", "9007199254740993",
    "9223372036854775807", "-9223372036854775808", "18446744073709551615", "18446744073709551616",
    "3.4028234663852886e38", "3.4028235677973366e38", "5e-324", "1.17549435e-38", "123456.789",
    "\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "\"1\"", "\"-1\"", "\"1.5\"", "\\u0000", "\\ud83d",
    "\\ude00", "\\n", "\\\"", "\\\\", "\\/", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
    "\xED\xA0\x80", "\xC0\x80", "\xFF", "\x1F", "\"QUI=\"", "\"QQ==\"", "\"_-8\"", "\"a,bC.dE\"",
    "\"1.5s\"", "\"-0.000000001s\"", "\"315576000000s\"", "\"2024-02-29T00:00:00Z\"",
    "\"1969-12-31T23:59:59.123456789+14:30\"", "\"0001-01-01T00:00:00Z\"", "T24", ":60Z", ".5",
    "\"9999-12-31T23:59:59-00:01\"", " ", "\n\t\r ", "[[[[[[[[", "]]]]]]]]", "[a.b]", "\"value\":"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

size_t put_number(uint8_t *at, uint64_t value) {
    size_t length = 0;
    for (; value >= 0x80; value >>= 7)
        at[length++] = (uint8_t)(value | 0x80);
    at[length++] = (uint8_t)value;
    return length;
}

static void add(Word *word, const void *bytes, size_t length) {
    if (length > sizeof word->text - word->length)
        length = sizeof word->text - word->length;
    memcpy(word->text + word->length, bytes, length);
    word->length += length;
}

static void add_number(Word *word, uint64_t value) {
    uint8_t bytes[10];
    add(word, bytes, put_number(bytes, value));
}

static const Table *any_table(Random *random, const Target *target) {
    return random_next(random) % 4 ? target->table
                                   : &target->set.tables[random_below(random, target->set.count)];
}

static void add_value(Random *random, Word *word, uint32_t wire_type) {
    uint64_t value = NUMBERS[random_below(random, COUNT(NUMBERS))];
    uint8_t bytes[8];
    switch (wire_type) {
    case W_VARINT: add_number(word, value); break;
    case W_FIXED64:
    case W_FIXED32:
        value = random_next(random) % 2 ? value : random_next(random);
        memcpy(bytes, &value, 8);
        add(word, bytes, wire_type == W_FIXED64 ? 8 : 4);
        break;
    case W_LENGTH:
        value = random_below(random, 12);
        add_number(word, value);
        for (; value > 0; value--)
            add(word, &(uint8_t){(uint8_t)('a' + random_below(random, 26))}, 1);
        break;
    default: break; /* a group: its end may come from elsewhere */
    }
}

/* A tag of the target, with a value that fits; a tag alone; or a number. */
void word_of_wire(Random *random, const Target *target, Word *word) {
    const Table *table = any_table(random, target);
    word->length = 0;
    if (table->count == 0 || random_next(random) % 8 == 0) {
        add_number(word, NUMBERS[random_below(random, COUNT(NUMBERS))]);
        return;
    }
    static const uint8_t own[] = {
        [T_DOUBLE] = W_FIXED64,    [T_FLOAT] = W_FIXED32,   [T_FIXED64] = W_FIXED64,
        [T_FIXED32] = W_FIXED32,   [T_STRING] = W_LENGTH,   [T_BYTES] = W_LENGTH,
        [T_MESSAGE] = W_LENGTH,    [T_GROUP] = W_START_GROUP, [T_SFIXED32] = W_FIXED32,
        [T_SFIXED64] = W_FIXED64,  [T_SINT64] = W_VARINT};
    const Field *field = &table->fields[random_below(random, table->count)];
    uint32_t wire_type = random_next(random) % 8 ? own[field->type]
                                                 : (uint32_t)random_below(random, 6);
    uint32_t number = random_next(random) % 32 ? field->number : (uint32_t)random_next(random);
    add_number(word, (uint64_t)number << 3 | wire_type);
    if (random_next(random) % 4)
        add_value(random, word, wire_type);
    if (wire_type == W_START_GROUP && random_next(random) % 2)
        add_number(word, (uint64_t)number << 3 | W_END_GROUP);
}

static const Name *any_name(Random *random, const Names *names) {
    for (int tries = 0; tries < 16; tries++) {
        const Name *name = &names->slots[random_below(random, (size_t)names->mask + 1)];
        if (name->text != NULL)
            return name;
    }
    return NULL;
}

/* A member's name and its colon, the name of an enum's value, or a token. */
void word_of_json(Random *random, const Target *target, Word *word) {
    const Table *table = any_table(random, target);
    const TableSet *set = &target->set;
    const Name *name = NULL;
    int is_enum = set->enum_count > 0 && random_next(random) % 8 == 0;
    if (is_enum)
        name = any_name(random, &set->enums[random_below(random, set->enum_count)].read);
    else if (random_next(random) % 2)
        name = any_name(random, &table->read);
    word->length = 0;
    if (name == NULL) {
        const char *token = TOKENS[random_below(random, COUNT(TOKENS))];
        add(word, token, strlen(token));
        return;
    }
    add(word, "\"", 1);
    add(word, name->text, name->length);
    add(word, is_enum ? "\"" : "\":", is_enum ? 1 : 2);
}

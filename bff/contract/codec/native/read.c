/* JSON -> protobuf wire bytes in one pass, with no message in between.
 *
 * Why     A message object costs ten times as much as its bytes (docs/spec/performance.md, 3).
 * How     One walk over the text. A submessage is written behind a length of one byte, which is
 *         widened when the message turns out to be longer.
 * Meaning bff/contract/codec's readers: what they would refuse is declined, so that they refuse it.
 * Source  docs/spec/transcoding.md PJ1-PJ20; docs/spec/bad-input.md rows 50-83.
 */
#include "read.h"

enum { SMALL_WORDS = 4 };

/* Which fields an object has named so far, and behind them which oneofs it has set. */
typedef struct {
    uint64_t small[SMALL_WORDS];
    uint64_t *words;
} Seen;

static int seen_start(Seen *seen, const Table *table) {
    size_t words = (table->count + table->oneofs + 63) / 64;
    seen->words = seen->small;
    if (words <= SMALL_WORDS)
        memset(seen->small, 0, words * sizeof(uint64_t));
    else
        seen->words = calloc(words, sizeof(uint64_t));
    return seen->words == NULL ? DECLINED : DONE;
}

static void seen_end(Seen *seen) {
    if (seen->words != seen->small)
        free(seen->words);
}

static int is_new(Seen *seen, uint32_t index) {
    uint64_t *word = &seen->words[index / 64], bit = (uint64_t)1 << (index % 64);
    if (*word & bit)
        return 0;
    *word |= bit;
    return 1;
}

int close_length(Bytes *out, size_t start) {
    uint8_t length[10];
    if (out->failed)
        return DECLINED;
    size_t counted = out->length - start;
    size_t width = (size_t)(write_varint(length, counted) - length);
    if (width > 1) {
        if (bytes_need(out, width - 1) != 0)
            return DECLINED;
        memmove(out->data + start + width - 1, out->data + start, counted);
        out->length += width - 1;
    }
    memcpy(out->data + start - 1, length, width);
    return DONE;
}

static int read_group(Reader *reader, const Field *field) {
    put_tag(reader->out, field->number, GROUP_START);
    if (read_message(reader, field->table) != DONE)
        return DECLINED;
    put_tag(reader->out, field->number, GROUP_END);
    return DONE;
}

int read_submessage(Reader *reader, const Field *field) {
    int result;
    if (enter_message(reader) != DONE)
        return DECLINED;
    if (field->type == T_GROUP) {
        result = read_group(reader, field);
    } else {
        put_tag(reader->out, field->number, LENGTH);
        size_t start = open_length(reader->out);
        result = read_message(reader, field->table);
        if (result == DONE)
            result = close_length(reader->out, start);
    }
    leave_message(reader);
    return result;
}

static int read_items(Reader *reader, const Field *field, Way way) {
    Lexer *lexer = &reader->lexer;
    int more, first = 1;
    while ((more = lex_more(lexer, ']', &first)) > 0) {
        if (lex_value(lexer) != 0)
            return DECLINED;
        int result = field->table != NULL ? read_submessage(reader, field)
                                          : read_scalar(reader, field, way);
        if (result == DECLINED)
            return DECLINED;
    }
    return more;
}

static int read_list(Reader *reader, const Field *field) {
    Bytes *out = reader->out;
    if (lex_open(&reader->lexer, '[') != 0)
        return DECLINED;
    if (!field->packed)
        return read_items(reader, field, TAGGED);
    size_t before = out->length;
    put_tag(out, field->number, LENGTH);
    size_t start = open_length(out);
    if (read_items(reader, field, BARE) != DONE)
        return DECLINED;
    if (out->length > start)
        return close_length(out, start);
    out->length = before; /* an empty list is no list */
    return DONE;
}

int read_field(Reader *reader, const Field *field) {
    if (field->map)
        return read_map(reader, field);
    if (field->repeated)
        return read_list(reader, field);
    if (field->table != NULL)
        return read_submessage(reader, field);
    int result = read_scalar(reader, field, field->presence ? TAGGED : UNLESS_ZERO);
    return result == SKIPPED ? DONE : result;
}

static int read_member(Reader *reader, const Table *table, uint32_t index, Seen *seen) {
    const Field *field = &table->fields[index];
    if (!is_new(seen, index))
        return DECLINED; /* twice, perhaps in two spellings */
    if (at_null(reader) && !field->takes_null)
        return read_null(reader);
    if (field->oneof >= 0 && !is_new(seen, table->count + (uint32_t)field->oneof))
        return DECLINED;
    return read_field(reader, field);
}

static int skip_member(Reader *reader, const Table *table, const Text *name, Scope *scope) {
    int may_be_extension = table->extendable && name->length > 0 && name->data[0] == '[';
    if (!reader->plan->options.skip_unknown || may_be_extension)
        return DECLINED;
    if (keys_add(&reader->keys, scope, name) != 0 || lex_value(&reader->lexer) != 0)
        return DECLINED;
    return skip_value(reader);
}

static int may_be_there(const Field *field, const uint32_t *unless, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (unless[i] == field->number)
            return 0;
    return 1;
}

static int read_members(Reader *reader, const Table *table, Seen *seen, Scope *scope) {
    Lexer *lexer = &reader->lexer;
    const size_t unless_count = reader->unless_count;
    int more, first = 1;
    reader->unless_count = 0; /* the root's alone */
    while ((more = lex_more(lexer, '}', &first)) > 0) {
        Text name;
        int result = DECLINED;
        if (lex_name(lexer, &name) != 0)
            return DECLINED;
        const Name *found = names_find(&table->read, (const char *)name.data, name.length);
        if (found == NULL)
            result = skip_member(reader, table, &name, scope);
        else if (may_be_there(&table->fields[found->value], reader->unless, unless_count) &&
                 lex_value(lexer) == 0)
            result = read_member(reader, table, (uint32_t)found->value, seen);
        if (result != DONE)
            return DECLINED;
    }
    return more;
}

static int read_object(Reader *reader, const Table *table) {
    Seen seen;
    if (lex_open(&reader->lexer, '{') != 0 || seen_start(&seen, table) != DONE)
        return DECLINED;
    Scope scope = keys_enter(&reader->keys);
    int result = read_members(reader, table, &seen, &scope);
    keys_leave(&reader->keys, &scope);
    seen_end(&seen);
    return result;
}

int read_message(Reader *reader, const Table *table) {
    switch (table->form) {
    case AS_OBJECT:
        return read_object(reader, table);
    case AS_WRAPPED:
        return read_scalar(reader, &table->fields[0], UNLESS_ZERO) == DONE ? DONE : DECLINED;
    case AS_TIMESTAMP:
    case AS_DURATION:
    case AS_FIELD_MASK:
        return read_known(reader, table->form);
    case AS_STRUCT:
    case AS_VALUE:
    case AS_LIST:
        return read_struct(reader, table->form);
    case AS_UNKNOWN:
        break;
    }
    return DECLINED;
}

/* The whole document: a message of `table`, or all of `field`. */
static int read_document(Reader *reader, const Table *table, const Field *field) {
    if (lex_value(&reader->lexer) != 0)
        return DECLINED;
    int is_unset = field != NULL && at_null(reader) && !field->takes_null;
    int result = DECLINED;
    if (!is_unset)
        result = field != NULL ? read_field(reader, field) : read_message(reader, table);
    return result == DONE && !reader->out->failed ? lex_end(&reader->lexer) : DECLINED;
}

static int run(Reader *reader, const Table *table, const Field *field, const uint8_t *json,
               size_t length) {
    const Options *options = &reader->plan->options;
    size_t before = reader->out->length;
    lex_start(&reader->lexer, json, length, options->depth, options->nodes);
    int result = read_document(reader, table, field);
    if (result != DONE)
        reader->out->length = before;
    lex_free(&reader->lexer);
    keys_free(&reader->keys);
    return result;
}

int json_to_wire_unless(const Plan *plan, const Table *table, const uint32_t *unless,
                        size_t unless_count, const uint8_t *json, size_t length, Bytes *out) {
    Reader reader = {
        .plan = plan, .out = out, .unless = unless, .unless_count = unless_count};
    return run(&reader, table, NULL, json, length);
}

int json_to_wire(const Plan *plan, const Table *table, const uint8_t *json, size_t length,
                 Bytes *out) {
    return json_to_wire_unless(plan, table, NULL, 0, json, length, out);
}

int json_field_to_wire(const Plan *plan, const Field *field, const uint8_t *json, size_t length,
                       Bytes *out) {
    Reader reader = {.plan = plan, .out = out};
    return run(&reader, NULL, field, json, length);
}

/* Packed plan -> tables; and the two look-ups in them.
 *
 * Format  of native_plan.packed: an int is 4 bytes, little-endian; bytes are their count, then they
 *         themselves; a tuple is its count, then its items. Nothing is aligned.
 * Trust   The bytes come from our own process. Still every count and index is checked: a plan of
 *         another version must fail to load, not corrupt memory.
 */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "text_hash.h"

enum { OPTION_ITEMS = 8, ENUM_ITEMS = 5, FIELD_ITEMS = 16, TABLE_ITEMS = 7 };

typedef struct Block {
    struct Block *next;
    max_align_t content[];
} Block;

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
    TableSet *set;
    int failed;
} Loader;

static void *zeroed(Loader *loader, size_t count, size_t size) {
    Block *block = calloc(1, sizeof(Block) + (count ? count : 1) * size);
    if (block == NULL) {
        loader->failed = 1;
        return NULL;
    }
    block->next = loader->set->memory;
    loader->set->memory = block;
    return block->content;
}

static uint32_t number(Loader *loader) {
    if (loader->failed || loader->end - loader->at < 4) {
        loader->failed = 1;
        return 0;
    }
    const uint8_t *at = loader->at;
    loader->at += 4;
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t at_most(Loader *loader, uint32_t most) {
    uint32_t value = number(loader);
    if (value > most) {
        loader->failed = 1;
        return 0;
    }
    return value;
}

static uint8_t small(Loader *loader) { return (uint8_t)at_most(loader, 255); }

/* The count of a tuple; no item is shorter than 4 bytes, so a count can't ask for much memory. */
static uint32_t items(Loader *loader) {
    return at_most(loader, (uint32_t)((loader->end - loader->at) / 4));
}

static void exactly(Loader *loader, uint32_t count) {
    if (number(loader) != count)
        loader->failed = 1;
}

static const char *text(Loader *loader, uint32_t *length) {
    uint32_t count = number(loader);
    if (loader->failed || (size_t)(loader->end - loader->at) < count) {
        loader->failed = 1;
        *length = 0;
        return "";
    }
    const char *found = (const char *)loader->at;
    loader->at += count;
    *length = count;
    return found;
}

const Name *names_find(const Names *names, const char *text, size_t length) {
    for (uint32_t at = text_hash(text, length);; at++) {
        const Name *name = &names->slots[at & names->mask];
        if (name->text == NULL)
            return NULL;
        if (name->length == length && memcmp(name->text, text, length) == 0)
            return name;
    }
}

/* ((value, text), ...) into a hash table that is never more than half full. */
static void load_names(Loader *loader, Names *names, uint32_t most_value) {
    uint32_t count = items(loader), slots = 2;
    while (slots < 2 * count)
        slots *= 2;
    names->slots = zeroed(loader, slots, sizeof(Name));
    names->mask = slots - 1;
    for (uint32_t i = 0; i < count && !loader->failed; i++) {
        exactly(loader, 2);
        Name name = {.value = (int32_t)at_most(loader, most_value)};
        name.text = text(loader, &name.length);
        uint32_t at = text_hash(name.text, name.length);
        while (names->slots[at & names->mask].text != NULL)
            at++;
        names->slots[at & names->mask] = name;
    }
}

static void load_enum(Loader *loader, Enum *made) {
    exactly(loader, ENUM_ITEMS);
    made->closed = small(loader);
    made->is_null = small(loader);
    made->count = items(loader);
    made->written = zeroed(loader, made->count, sizeof(Name));
    for (uint32_t i = 0; i < made->count && !loader->failed; i++) {
        exactly(loader, 2);
        made->written[i].value = (int32_t)number(loader);
        made->written[i].text = text(loader, &made->written[i].length);
    }
    load_names(loader, &made->read, UINT32_MAX);
    made->known_count = items(loader);
    made->known = zeroed(loader, made->known_count, sizeof(int32_t));
    for (uint32_t i = 0; i < made->known_count && !loader->failed; i++)
        made->known[i] = (int32_t)number(loader);
}

/* References are an index + 1, so that 0 is none. */
static void load_field(Loader *loader, Field *field) {
    TableSet *set = loader->set;
    exactly(loader, FIELD_ITEMS);
    field->number = number(loader);
    field->type = small(loader);
    field->repeated = small(loader);
    field->map = small(loader);
    field->packed = small(loader);
    field->presence = small(loader);
    field->written = small(loader);
    field->always = small(loader);
    field->readable = small(loader);
    field->takes_null = small(loader);
    field->oneof = (int16_t)((int)at_most(loader, INT16_MAX) - 1);
    field->rank = (uint16_t)at_most(loader, NO_RANK);
    field->key = text(loader, &field->key_length);
    field->empty = text(loader, &field->empty_length);
    uint32_t table = at_most(loader, set->count);
    uint32_t names = at_most(loader, set->enum_count);
    if (table && !loader->failed)
        field->table = &set->tables[table - 1];
    if (names && !loader->failed)
        field->names = &set->enums[names - 1];
    int is_message = field->type == T_MESSAGE || field->type == T_GROUP;
    if (is_message != (field->table != NULL) || (field->type == T_ENUM) != (field->names != NULL))
        loader->failed = 1;
}

static void load_order(Loader *loader, Table *table) {
    table->written = items(loader);
    table->order = zeroed(loader, table->written, sizeof(uint16_t));
    table->always = zeroed(loader, table->written / 64 + 1, sizeof(uint64_t));
    for (uint32_t rank = 0; rank < table->written && !loader->failed; rank++) {
        uint32_t index = number(loader);
        if (index >= table->count || table->fields[index].rank != rank) {
            loader->failed = 1;
            return;
        }
        table->order[rank] = (uint16_t)index;
        if (table->fields[index].always && rank < MOST_RANKS) {
            table->always[rank / 64] |= (uint64_t)1 << (rank % 64);
            table->always_words |= (uint64_t)1 << (rank / 64);
        }
    }
}

static void index_numbers(Loader *loader, Table *table) {
    table->by_number = zeroed(loader, table->dense, sizeof(uint16_t));
    for (uint32_t i = 0; i < table->count && !loader->failed; i++) {
        uint32_t field_number = table->fields[i].number;
        if (i > 0 && field_number <= table->fields[i - 1].number)
            loader->failed = 1;
        else if (field_number < table->dense)
            table->by_number[field_number] = (uint16_t)(i + 1);
    }
}

static void load_table(Loader *loader, Table *table) {
    exactly(loader, TABLE_ITEMS);
    table->form = (Form)at_most(loader, AS_UNKNOWN);
    uint8_t flags = small(loader);
    table->extendable = flags & 1;
    table->partial = flags & 2;
    table->oneofs = at_most(loader, INT16_MAX);
    table->dense = at_most(loader, UINT16_MAX);
    table->count = items(loader);
    table->fields = zeroed(loader, table->count, sizeof(Field));
    if (table->count >= NO_RANK)
        loader->failed = 1;
    for (uint32_t i = 0; i < table->count && !loader->failed; i++)
        load_field(loader, &table->fields[i]);
    if (!loader->failed)
        index_numbers(loader, table);
    load_order(loader, table);
    load_names(loader, &table->read, table->count ? table->count - 1 : 0);
}

/* What the walkers take for granted: a form has its fields, a map's entry has key and value. */
static int is_sound(const Table *table) {
    static const uint8_t least[] = {
        [AS_TIMESTAMP] = 2, [AS_DURATION] = 2, [AS_FIELD_MASK] = 1, [AS_STRUCT] = 1,
        [AS_VALUE] = 6,     [AS_LIST] = 1,     [AS_WRAPPED] = 1,    [AS_UNKNOWN] = 0,
    };
    if (table->written < least[table->form])
        return 0;
    for (uint32_t i = 0; i < table->count; i++) {
        const Field *field = &table->fields[i];
        if (field->oneof >= (int32_t)table->oneofs)
            return 0;
        if (field->map && (field->table == NULL || field->table->written != 2))
            return 0;
        if (field->rank != NO_RANK && field->rank >= table->written)
            return 0;
    }
    return 1;
}

static void load_options(Loader *loader, Options *options) {
    exactly(loader, OPTION_ITEMS);
    options->int64_numbers = small(loader);
    options->skip_unknown = small(loader);
    options->nonfinite = small(loader);
    options->nul = small(loader);
    options->open_enums = small(loader);
    options->exponent_plus = small(loader);
    options->depth = number(loader);
    options->nodes = number(loader);
}

int tables_load(TableSet *set, const uint8_t *packed, size_t length) {
    memset(set, 0, sizeof *set);
    Loader loader = {.set = set};
    uint8_t *copy = zeroed(&loader, length, 1);
    if (copy == NULL)
        return -1;
    memcpy(copy, packed, length);
    loader.at = copy;
    loader.end = copy + length;
    exactly(&loader, 3);
    load_options(&loader, &set->plan.options);
    set->enum_count = items(&loader);
    set->enums = zeroed(&loader, set->enum_count, sizeof(Enum));
    for (uint32_t i = 0; i < set->enum_count && !loader.failed; i++)
        load_enum(&loader, &set->enums[i]);
    set->count = items(&loader);
    set->tables = zeroed(&loader, set->count, sizeof(Table));
    for (uint32_t i = 0; i < set->count && !loader.failed; i++)
        load_table(&loader, &set->tables[i]);
    for (uint32_t i = 0; i < set->count && !loader.failed; i++)
        loader.failed = !is_sound(&set->tables[i]);
    if (loader.failed || loader.at != loader.end) {
        tables_free(set);
        return -1;
    }
    return 0;
}

void tables_free(TableSet *set) {
    for (Block *block = set->memory; block != NULL;) {
        Block *next = block->next;
        free(block);
        block = next;
    }
    memset(set, 0, sizeof *set);
}

const Field *table_field(const Table *table, uint32_t number) {
    if (number < table->dense) {
        uint16_t found = table->by_number[number];
        return found ? &table->fields[found - 1] : NULL;
    }
    uint32_t low = 0, high = table->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (table->fields[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    int found = low < table->count && table->fields[low].number == number;
    return found ? &table->fields[low] : NULL;
}

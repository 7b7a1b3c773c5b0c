/* Names of objects, each once: see read_keys.h. */
#include "read_keys.h"

#include "text_hash.h"

enum { FEW = 16, FIRST_SLOTS = 64, PROBES_EACH = 16, FREE_PROBES = 256 };

void keys_free(Keys *keys) {
    free(keys->stack);
    free(keys->decoded.data);
}

Scope keys_enter(const Keys *keys) { return (Scope){.base = keys->count}; }

void keys_leave(Keys *keys, Scope *scope) {
    keys->count = scope->base;
    free(scope->slots);
}

static const uint8_t *text_of(const Keys *keys, const Key *key) {
    return key->plain != NULL ? key->plain : keys->decoded.data + key->start;
}

static int is_same(const Keys *keys, const Key *one, const Key *other) {
    return one->hash == other->hash && one->length == other->length &&
           memcmp(text_of(keys, one), text_of(keys, other), one->length) == 0;
}

static int push(Keys *keys, const Text *name) {
    if (keys->count == keys->room) {
        size_t room = keys->room ? 2 * keys->room : FEW;
        Key *stack = realloc(keys->stack, room * sizeof(Key));
        if (stack == NULL)
            return -1;
        keys->stack = stack;
        keys->room = room;
    }
    Key key = {name->data, 0, name->length, text_hash(name->data, name->length)};
    if (name->decoded) {
        key.plain = NULL;
        key.start = keys->decoded.length;
        keys->decoded.most = SIZE_MAX;
        put(&keys->decoded, name->data, name->length);
    }
    keys->stack[keys->count++] = key;
    return keys->decoded.failed ? -1 : 0;
}

/* Puts a name into the table: -1 if it is there, or if finding out costs too much. */
static int place(const Keys *keys, Scope *scope, size_t index) {
    const Key *names = keys->stack + scope->base;
    uint32_t at = names[index].hash;
    for (; scope->slots[at & scope->mask] != 0; at++) {
        if (is_same(keys, &names[scope->slots[at & scope->mask] - 1], &names[index]))
            return -1;
        if (scope->probes++ > PROBES_EACH * (keys->count - scope->base) + FREE_PROBES)
            return -1;
    }
    scope->slots[at & scope->mask] = (uint32_t)index + 1;
    return 0;
}

/* A table for twice the names that there are, which are known to differ. */
static int rebuild(const Keys *keys, Scope *scope, size_t count) {
    uint32_t slots = scope->slots == NULL ? FIRST_SLOTS : 2 * (scope->mask + 1);
    free(scope->slots);
    scope->slots = calloc(slots, sizeof *scope->slots);
    scope->mask = slots - 1;
    if (scope->slots == NULL)
        return -1;
    for (size_t index = 0; index < count; index++)
        if (place(keys, scope, index) != 0)
            return -1;
    return 0;
}

int keys_add(Keys *keys, Scope *scope, const Text *name) {
    if (push(keys, name) != 0)
        return -1;
    size_t index = keys->count - 1 - scope->base;
    if (index >= FEW) {
        if ((scope->slots == NULL || 2 * index > scope->mask) && rebuild(keys, scope, index) != 0)
            return -1;
        return place(keys, scope, index);
    }
    const Key *names = keys->stack + scope->base;
    for (size_t earlier = 0; earlier < index; earlier++)
        if (is_same(keys, &names[earlier], &names[index]))
            return -1;
    return 0;
}

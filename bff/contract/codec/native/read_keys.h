/* The names in the objects that are open: two equal ones in one object are found.
 *
 * Why     A document must mean one thing (docs/spec/bad-input.md row 55). Names of known fields are
 *         told apart by their field; this is for maps, Struct and members that are skipped.
 * How     The names of all open objects lie on one stack, each object's above its parent's. A few
 *         are compared one by one; beyond that an object gets a hash table. Names that were made to
 *         collide use up their object's probes, and the document is declined: Python's own hash,
 *         which has a secret, then takes it.
 */
#ifndef BFF_READ_KEYS_H
#define BFF_READ_KEYS_H

#include "lex.h"

typedef struct {
    const uint8_t *plain; /* in the document; NULL: in `decoded`, at `start` */
    size_t start;
    size_t length;
    uint32_t hash;
} Key;

typedef struct {
    Key *stack;
    size_t count;
    size_t room;
    Bytes decoded;
} Keys;

typedef struct {
    size_t base;     /* where its names begin on the stack */
    uint32_t *slots; /* a name's place above `base`, + 1; 0: free. NULL: few names */
    uint32_t mask;
    size_t probes;
} Scope;

void keys_free(Keys *keys);

Scope keys_enter(const Keys *keys);
int keys_add(Keys *keys, Scope *scope, const Text *name); /* -1: it is there, or too costly */
void keys_leave(Keys *keys, Scope *scope);

#endif

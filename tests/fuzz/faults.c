/* See faults.h. */
#include "faults.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

static size_t counted, refused;
static int counting;

void faults_start(size_t failing) {
    counted = 0;
    refused = failing;
    counting = 1;
}

size_t faults_stop(void) {
    counting = 0;
    return counted;
}

static int fails(void) { return counting && ++counted == refused; }

void *__wrap_malloc(size_t size) { return fails() ? NULL : __real_malloc(size); }

void *__wrap_calloc(size_t count, size_t size) {
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size) {
    return fails() ? NULL : __real_realloc(block, size);
}

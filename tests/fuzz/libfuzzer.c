/* The driver where clang brings libFuzzer: it makes the inputs, promises.c says what holds.
 *
 * FUZZ_TARGETS names the file of targets.
 */
#include <stdio.h>

#include "promises.h"

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static Targets targets;

int LLVMFuzzerInitialize(int *count, char ***arguments) {
    const char *path = getenv("FUZZ_TARGETS");
    (void)count;
    (void)arguments;
    if (path == NULL || targets_load(&targets, path) != 0) {
        fprintf(stderr, "fuzz: FUZZ_TARGETS must name a file of targets\n");
        exit(2);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length) {
    promises_hold(&targets, data, length);
    return 0;
}

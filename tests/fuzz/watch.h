/* What becomes of the input at hand when the process ends, or does not. */
#ifndef FUZZ_WATCH_H
#define FUZZ_WATCH_H

#include "mutate.h"

/* From now on a crash, a finding of a sanitizer, a broken promise, or two seconds of CPU time for
 * one input end the process, with the input saved in `folder`. */
void watch_start(const char *folder);
void watch(const Input *input); /* what is at hand from now on; it must stay */

#endif

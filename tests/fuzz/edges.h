/* Which ways through the walkers an input takes: gcc's and clang's -fsanitize-coverage=trace-pc. */
#ifndef FUZZ_EDGES_H
#define FUZZ_EDGES_H

#include <stddef.h>
#include <stdint.h>

void edges_start(void);      /* what follows is counted */
size_t edges_stop(void);     /* how many things it did that no input before it did; keeps them */
uint64_t edges_mark(void);   /* of the last run: equal for runs that did the same */
size_t edges_known(void);    /* edges seen so far */

#endif

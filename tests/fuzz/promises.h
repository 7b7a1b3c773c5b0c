/* What every input is held to. A promise that is broken ends the process. */
#ifndef FUZZ_PROMISES_H
#define FUZZ_PROMISES_H

#include "targets.h"

/* No over-read (each input is a heap block of its own size), and:
 *
 * - the same answer when asked again; the same or none when memory is short, in the output's limit
 *   as in an allocation that fails; and no memory is kept;
 * - what is written is one JSON document that the reader's own lexer accepts;
 * - what is read is wire that the writer answers or declines;
 * - what is written, read back and written again is the same;
 * - a field that must not be there is not in what was read. */
void promises_hold(const Targets *targets, const uint8_t *input, size_t length);

#endif

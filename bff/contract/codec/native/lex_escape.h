/* One escape of a JSON string (RFC 8259 section 7). */
#ifndef BFF_LEX_ESCAPE_H
#define BFF_LEX_ESCAPE_H

#include "bytes.h"

/* Appends what the escape at `at` (its backslash) stands for, in UTF-8; a surrogate pair is one
 * escape. Returns what follows it; NULL for what is none, and for half of a pair. */
const uint8_t *unescape(const uint8_t *at, const uint8_t *end, Bytes *out);

#endif

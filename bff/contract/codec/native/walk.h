/* The two walkers. Both answer (0) or decline (-1): see table.h. Neither keeps anything. */
#ifndef BFF_WALK_H
#define BFF_WALK_H

#include "bytes.h"
#include "table.h"

/* Protobuf wire bytes -> compact JSON in UTF-8, appended to `out`: all of a message (write.c). */
int wire_to_json(const Plan *plan, const Table *table, const uint8_t *wire, size_t length,
                 Bytes *out);

/* The same for one field of it, found by the names on the way there: response_body (write.c). */
int wire_field_to_json(const Plan *plan, const Table *table, const uint32_t *numbers, size_t steps,
                       const uint8_t *wire, size_t length, Bytes *out);

/* One JSON document -> wire bytes of a message, appended to `out` (read.c). */
int json_to_wire(const Plan *plan, const Table *table, const uint8_t *json, size_t length,
                 Bytes *out);

/* The same, but declined when the document has a member of one of `unless`, even as null: those
 * fields' own JSON is needed (read.c). */
int json_to_wire_unless(const Plan *plan, const Table *table, const uint32_t *unless,
                        size_t unless_count, const uint8_t *json, size_t length, Bytes *out);

/* One JSON document -> wire bytes of the message that holds nothing but `field`: body: "field". */
int json_field_to_wire(const Plan *plan, const Field *field, const uint8_t *json, size_t length,
                       Bytes *out);

#endif

/* The writers' doors to each other: write.c, write_value.c, write_map.c, write_known.c.
 * All: 0, or -1: declined; those of lists and maps answer how many values they wrote. */
#ifndef BFF_WRITE_H
#define BFF_WRITE_H

#include "scan.h"
#include "text.h"
#include "walk.h"

int write_message(Walk *walk, const Table *table, const Run *runs);   /* whatever its form */
int write_inside(Walk *walk, const Field *field, const Run *runs);    /* a level deeper */
int write_known(Walk *walk, const Table *table, const Run *runs);     /* the forms but AS_OBJECT */
int write_value(Walk *walk, const Field *field, Span value);          /* one value but a message */
int64_t write_list(Walk *walk, const Field *field, const Slot *slot); /* "[...]" */
int64_t write_map(Walk *walk, const Field *field, const Slot *slot);  /* "{...}" */
int write_field(Walk *walk, const Field *field, const Slot *slot);    /* all of it, key or not */
void put_empty(Bytes *out, const Field *field);                       /* its value when empty */

/* Of an integer, enum or bool: two's complement in 64 bits, cut to the field's width. */
uint64_t integer_of(uint8_t type, Span value);
int is_signed(uint8_t type);

#endif

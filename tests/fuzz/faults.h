/* Allocations that fail on purpose: every walker must then decline, and keep nothing.
 *
 * How     The linker leads every malloc, calloc and realloc of the driver here (--wrap); what is
 *         counted and refused is only what happens between faults_start and faults_stop.
 */
#ifndef FUZZ_FAULTS_H
#define FUZZ_FAULTS_H

#include <stddef.h>

void faults_start(size_t failing); /* the allocation with that number fails; 0: none does */
size_t faults_stop(void);          /* how many there were */

#endif

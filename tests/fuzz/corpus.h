/* The inputs that a run keeps, and the folders that they come from and go to. */
#ifndef FUZZ_CORPUS_H
#define FUZZ_CORPUS_H

#include "mutate.h"

typedef struct {
    Input **all;
    size_t count;
    size_t room;
} Corpus;

void corpus_add(Corpus *corpus, const Input *input);
/* Reads every file of a folder, the shortest first; one that is longer than an input is cut. */
void corpus_load(Corpus *corpus, const char *folder);
void corpus_free(Corpus *corpus);
/* Writes `folder`/`kind`-<hash>; the path lasts until the next call. */
const char *input_save(const char *folder, const char *kind, const Input *input);

#endif

/* See corpus.h. */
#include "corpus.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

void corpus_add(Corpus *corpus, const Input *input) {
    if (corpus->count == corpus->room) {
        corpus->room = corpus->room ? 2 * corpus->room : 256;
        corpus->all = realloc(corpus->all, corpus->room * sizeof *corpus->all);
    }
    Input *kept = malloc(sizeof *kept);
    if (corpus->all == NULL || kept == NULL)
        abort();
    *kept = *input;
    corpus->all[corpus->count++] = kept;
}

/* Names that are equally long by their bytes: the same order in every run. */
static int shorter(const void *one, const void *other) {
    const Input *left = *(Input *const *)one, *right = *(Input *const *)other;
    if (left->length != right->length)
        return left->length < right->length ? -1 : 1;
    return memcmp(left->bytes, right->bytes, left->length);
}

static int read_input(const char *folder, const char *name, Input *input) {
    char path[4096];
    size_t length;
    if (name[0] == '.' || snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return -1;
    uint8_t *data = file_read(path, &length);
    if (data == NULL)
        return -1;
    input->length = length < MOST_INPUT ? length : MOST_INPUT;
    memcpy(input->bytes, data, input->length);
    free(data);
    return 0;
}

void corpus_load(Corpus *corpus, const char *folder) {
    Input input;
    DIR *opened = opendir(folder);
    if (opened == NULL) {
        fprintf(stderr, "fuzz: no folder %s\n", folder);
        exit(2);
    }
    for (struct dirent *entry; (entry = readdir(opened)) != NULL;)
        if (read_input(folder, entry->d_name, &input) == 0)
            corpus_add(corpus, &input);
    closedir(opened);
    if (corpus->count > 0)
        qsort(corpus->all, corpus->count, sizeof *corpus->all, shorter);
}

void corpus_free(Corpus *corpus) {
    for (size_t i = 0; i < corpus->count; i++)
        free(corpus->all[i]);
    free(corpus->all);
}

const char *input_save(const char *folder, const char *kind, const Input *input) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s-%016" PRIx64, folder, kind,
             hash_of(input->bytes, input->length));
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644); /* also from a signal's handler */
    if (file < 0 || write(file, input->bytes, input->length) != (ssize_t)input->length)
        fprintf(stderr, "fuzz: can't write %s\n", path);
    if (file >= 0)
        close(file);
    return path;
}

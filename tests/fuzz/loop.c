/* The driver: replays inputs, makes new ones from them, or keeps the few that do all.
 *
 *   driver TARGETS FINDS replay FOLDER...
 *   driver TARGETS FINDS fuzz SEED SECONDS NEW FOLDER...   new inputs that did something new -> NEW
 *   driver TARGETS FINDS keep NEW FOLDER...                the fewest that do as much, trimmed -> NEW
 *
 * Status  0; 2 for wrong arguments; anything else: the input at hand is in FINDS.
 */
#include <stdio.h>
#include <time.h>

#include "corpus.h"
#include "edges.h"
#include "promises.h"
#include "watch.h"

enum { ORDINARY_BYTES = 400 };

static size_t fresh(const Targets *targets, const Input *input) {
    watch(input);
    edges_start();
    promises_hold(targets, input->bytes, input->length);
    size_t found = edges_stop();
    watch(NULL);
    return found;
}

static double now_s(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void load(Corpus *corpus, char *const folders[]) {
    for (; *folders != NULL; folders++)
        corpus_load(corpus, *folders);
}

static void replay(const Targets *targets, const Corpus *given) {
    for (size_t i = 0; i < given->count; i++)
        fresh(targets, given->all[i]);
    printf("%zu inputs, %zu edges\n", given->count, edges_known());
}

/* Two of three times one of the newest: what they do is new, and so may be what is near it. */
static const Input *choose(Random *random, const Corpus *corpus) {
    size_t newest = corpus->count < 64 ? corpus->count : 64;
    size_t at = random_below(random, 3) ? corpus->count - 1 - random_below(random, newest)
                                        : random_below(random, corpus->count);
    return corpus->all[at];
}

static void fuzz(const Targets *targets, Corpus *corpus, uint64_t seed, double for_s,
                 const char *kept) {
    Random random = {seed};
    Input input = {.length = 1};
    uint64_t runs = 0;
    double began_s = now_s(), took_s = 0;
    for (size_t i = 0; i < corpus->count; i++)
        fresh(targets, corpus->all[i]);
    corpus_add(corpus, &input);
    size_t given = corpus->count;
    for (; took_s < for_s; took_s = now_s() - began_s) {
        for (int i = 0; i < 256; i++, runs++) {
            input = *choose(&random, corpus);
            mutate(&random, targets, &input,
                   corpus->all[random_below(&random, corpus->count)]);
            if (fresh(targets, &input) > 0) {
                corpus_add(corpus, &input);
                input_save(kept, "new", &input);
            }
        }
    }
    printf("seed %llu: %llu inputs, %.0f a second, %zu edges, %zu inputs kept\n",
           (unsigned long long)seed, (unsigned long long)runs, (double)runs / took_s, edges_known(),
           corpus->count - given);
}

static uint64_t mark_of(const Targets *targets, const Input *input) {
    fresh(targets, input);
    return edges_mark();
}

/* Without every part that it can do without. */
static void trim(const Targets *targets, Input *input) {
    uint64_t wanted = mark_of(targets, input);
    for (size_t size = input->length / 2; size > 0; size /= 2) {
        for (size_t at = 1; at + size <= input->length;) {
            Input less = *input;
            memmove(less.bytes + at, less.bytes + at + size, less.length - at - size);
            less.length -= size;
            if (mark_of(targets, &less) == wanted)
                *input = less;
            else
                at += size;
        }
    }
}

/* Each target is to be asked in both directions, whatever edges it shares with others. */
static int asks_first(const Targets *targets, const Input *input) {
    static uint8_t asked[256];
    uint8_t first = input->bytes[0];
    uint8_t place = (uint8_t)((first >> 2) % targets->count << 2 | first % WAYS);
    return input->length > 1 && first % WAYS < WRITE_FIELD && !asked[place]++;
}

/* Trimmed, if it reaches an edge that none before it did: 1 and its bytes. */
static size_t keep_one(const Targets *targets, Input input, const char *kept, size_t *bytes) {
    size_t before = edges_known();
    int is_first = asks_first(targets, &input);
    fresh(targets, &input);
    if (edges_known() == before && !is_first)
        return 0;
    trim(targets, &input);
    input_save(kept, "seed", &input);
    *bytes += input.length;
    return 1;
}

/* The longest of ordinary length first: what they do, many short ones need not do again. */
static void keep(const Targets *targets, const Corpus *corpus, const char *kept) {
    size_t count = 0, bytes = 0, ordinary = 0;
    while (ordinary < corpus->count && corpus->all[ordinary]->length <= ORDINARY_BYTES)
        ordinary++;
    for (size_t left = ordinary; left > 0; left--)
        count += keep_one(targets, *corpus->all[left - 1], kept, &bytes);
    for (size_t i = ordinary; i < corpus->count; i++)
        count += keep_one(targets, *corpus->all[i], kept, &bytes);
    printf("%zu inputs, %zu bytes, %zu edges\n", count, bytes, edges_known());
}

static int run(const Targets *targets, int count, char *arguments[]) {
    Corpus corpus = {0};
    const char *task = arguments[3];
    watch_start(arguments[2]);
    if (strcmp(task, "replay") == 0) {
        load(&corpus, arguments + 4);
        replay(targets, &corpus);
    } else if (strcmp(task, "keep") == 0 && count > 5) {
        load(&corpus, arguments + 5);
        keep(targets, &corpus, arguments[4]);
    } else if (strcmp(task, "fuzz") == 0 && count > 7) {
        load(&corpus, arguments + 7);
        fuzz(targets, &corpus, strtoull(arguments[4], NULL, 10), atof(arguments[5]), arguments[6]);
    } else {
        return 2;
    }
    corpus_free(&corpus);
    return 0;
}

int main(int count, char *arguments[]) {
    Targets targets;
    if (count < 5 || targets_load(&targets, arguments[1]) != 0) {
        fprintf(stderr, "fuzz: wrong arguments, or targets that no plan of this version packed\n");
        return 2;
    }
    int status = run(&targets, count, arguments);
    targets_free(&targets);
    return status;
}

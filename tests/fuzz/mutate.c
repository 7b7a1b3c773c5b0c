/* See mutate.h. */
#include "mutate.h"

typedef struct {
    Random *random;
    const Target *target;
    const Input *other;
    Input *input;
    int is_json;
} Work;

static size_t below(const Work *work, size_t end) { return random_below(work->random, end); }

/* A place behind the first byte, which says what is asked. */
static size_t place(const Work *work) {
    return work->input->length < 2 ? work->input->length : 1 + below(work, work->input->length - 1);
}

static size_t stretch(const Work *work, size_t most) {
    size_t length = below(work, 4) ? 1 + below(work, 8) : 1 + below(work, most + 1);
    return length < most ? length : most;
}

static void insert(Input *input, size_t at, const uint8_t *bytes, size_t length) {
    uint8_t copy[MOST_INPUT];
    if (length > MOST_INPUT - input->length)
        length = MOST_INPUT - input->length;
    memcpy(copy, bytes, length); /* it may be the input's own */
    memmove(input->bytes + at + length, input->bytes + at, input->length - at);
    memcpy(input->bytes + at, copy, length);
    input->length += length;
}

static void delete(Input *input, size_t at, size_t length) {
    memmove(input->bytes + at, input->bytes + at + length, input->length - at - length);
    input->length -= length;
}

static void change_byte(Work *work) {
    size_t at = place(work);
    if (at >= work->input->length)
        return;
    uint8_t *byte = &work->input->bytes[at];
    switch (below(work, 4)) {
    case 0: *byte ^= (uint8_t)(1u << below(work, 8)); break;
    case 1: *byte = (uint8_t)random_next(work->random); break;
    case 2: *byte = (uint8_t)(*byte + 1 + below(work, 8)); break;
    default: *byte = (uint8_t)(*byte - 1 - below(work, 8)); break;
    }
}

static void drop(Work *work) {
    size_t at = place(work);
    delete (work->input, at, stretch(work, work->input->length - at));
}

static void twice(Work *work) {
    size_t at = place(work), to = place(work);
    insert(work->input, to, work->input->bytes + at, stretch(work, work->input->length - at));
}

static void splice(Work *work) {
    const Input *other = work->other;
    if (other->length < 2)
        return;
    size_t from = 1 + below(work, other->length - 1);
    insert(work->input, place(work), other->bytes + from, stretch(work, other->length - from));
}

static void say(Work *work, Word *word) {
    if (work->is_json)
        word_of_json(work->random, work->target, word);
    else
        word_of_wire(work->random, work->target, word);
}

static void add_word(Work *work) {
    Word word;
    size_t at = place(work), left = work->input->length - at;
    say(work, &word);
    if (below(work, 3) == 0)
        delete (work->input, at, left < word.length ? left : word.length);
    insert(work->input, at, word.text, word.length);
}

/* The varint at some place becomes the length of what follows, nearly so, or anything. */
static void change_length(Work *work) {
    Input *input = work->input;
    size_t at = place(work), end = at;
    uint8_t bytes[10];
    if (at >= input->length)
        return;
    while (end < input->length && end - at < 9 && input->bytes[end] & 0x80)
        end++;
    end += end < input->length;
    uint64_t left = input->length - end;
    uint64_t value = below(work, 4) ? left + below(work, 3) - 1 : random_next(work->random);
    if (below(work, 2))
        value = below(work, left + 2);
    delete (input, at, end - at);
    insert(input, at, bytes, put_number(bytes, value));
}

/* All of it becomes the content of one of the target's fields, some levels deep. */
static void wrap(Work *work) {
    Input *input = work->input;
    Word word;
    uint8_t bytes[10];
    size_t levels = below(work, 8) ? 1 : 1 + below(work, 120);
    say(work, &word);
    for (; levels > 0 && input->length > 1 && input->length < MOST_INPUT / 2; levels--) {
        if (work->is_json) {
            insert(input, input->length, (const uint8_t *)"}", 1);
            insert(input, 1, word.text, word.length);
            insert(input, 1, (const uint8_t *)"{", 1);
        } else {
            size_t length = put_number(bytes, input->length - 1);
            insert(input, 1, bytes, length);
            length = put_number(bytes, (1 + below(work, 12)) << 3 | 2);
            insert(input, 1, bytes, length);
        }
    }
}

static void ask_otherwise(Work *work) {
    uint8_t *first = work->input->bytes;
    if (work->input->length > 0)
        *first = (uint8_t)(*first % WAYS | below(work, 64) << 2);
}

void mutate(Random *random, const Targets *targets, Input *input, const Input *other) {
    static void (*const changes[])(Work *) = {
        change_byte, change_byte, change_byte, drop, drop, twice, splice, splice,
        add_word, add_word, add_word, change_length, change_length, wrap, ask_otherwise};
    Work work = {.random = random, .input = input, .other = other};
    if (input->length == 0)
        input->bytes[input->length++] = (uint8_t)random_next(random);
    for (size_t left = 1 + random_below(random, 5); left > 0; left--) {
        work.target = target_of(targets, input->bytes[0]);
        work.is_json = input->bytes[0] % 2 == READ; /* READ_FIELD, too */
        changes[random_below(random, sizeof changes / sizeof *changes)](&work);
    }
    if (random_below(random, 20) == 0 && input->length > 1)
        input->length = 1 + random_below(random, input->length - 1);
}

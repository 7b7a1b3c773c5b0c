/* See promises.h. */
#include "promises.h"

#include <stdio.h>

#include "faults.h"
#include "read.h"

/* Of AddressSanitizer's own library; gcc ships no header for it. */
size_t __sanitizer_get_current_allocated_bytes(void);

enum { NO_LIMIT = 1 << 28, FIELD_BYTES = 2, FAULTS_EVERY = 8 };

/* One call of a walker. */
typedef struct {
    const Target *target;
    int way;
    const Field *field;  /* READ_FIELD */
    uint32_t numbers[2]; /* WRITE_FIELD */
    size_t steps;
    const uint8_t *input;
    size_t length;
} Question;

static void broken(const char *promise) {
    fprintf(stderr, "BROKEN PROMISE: %s\n", promise);
    abort();
}

static int is_write(const Question *question) {
    return question->way == WRITE || question->way == WRITE_FIELD;
}

/* Appends the answer to `out`: 0 or -1. */
static int walk(const Question *question, Bytes *out) {
    const Target *target = question->target;
    const Plan *plan = &target->set.plan;
    const uint8_t *input = question->input;
    size_t length = question->length;
    switch (question->way) {
    case WRITE: return wire_to_json(plan, target->table, input, length, out);
    case READ: return json_to_wire(plan, target->table, input, length, out);
    case READ_FIELD: return json_field_to_wire(plan, question->field, input, length, out);
    default:
        return wire_field_to_json(plan, target->table, question->numbers, question->steps, input,
                                  length, out);
    }
}

/* The same, of an input that nothing lies behind; a declined answer is empty. */
static int ask(const Question *question, size_t most, Bytes *out) {
    uint8_t *exact = malloc(question->length);
    Question copy = *question;
    if (exact == NULL && question->length > 0)
        broken("the driver itself has no memory");
    if (question->length > 0)
        memcpy(exact, question->input, question->length);
    copy.input = exact;
    *out = (Bytes){.most = most};
    int declined = walk(&copy, out) || out->failed;
    free(exact);
    if (!declined && out->length > most)
        broken("no answer is longer than its limit");
    return declined ? -1 : 0;
}

static int is_same(const Bytes *one, const Bytes *other) {
    return one->length == other->length &&
           (one->length == 0 || memcmp(one->data, other->data, one->length) == 0);
}

static void ask_again(const Question *question, int declined, const Bytes *wanted) {
    Bytes out;
    int declines = ask(question, NO_LIMIT, &out);
    if (declines != declined || (!declines && !is_same(&out, wanted)))
        broken("the same question has the same answer");
    free(out.data);
}

/* `wanted` is NULL where the answer can't fit. */
static void ask_with_less_room(const Question *question, size_t most, const Bytes *wanted) {
    Bytes out;
    int declines = ask(question, most, &out);
    if (!declines && (wanted == NULL || !is_same(&out, wanted)))
        broken("with less room the answer is the same, or there is none");
    free(out.data);
}

static void ask_without_memory(const Question *question, int declined, const Bytes *wanted) {
    Bytes out = {.most = NO_LIMIT};
    faults_start(0);
    walk(question, &out);
    size_t allocations = faults_stop();
    free(out.data);
    if (allocations == 0)
        return;
    out = (Bytes){.most = NO_LIMIT};
    faults_start(1 + hash_of(question->input, question->length) / FAULTS_EVERY % allocations);
    int failed = walk(question, &out) || out.failed;
    faults_stop();
    if (!failed && (declined || !is_same(&out, wanted)))
        broken("without memory the answer is the same, or there is none");
    free(out.data);
}

static void is_one_document(const Target *target, const Bytes *json) {
    Reader reader = {.plan = &target->set.plan};
    lex_start(&reader.lexer, json->data, json->length, MOST_LEX_DEPTH, UINT32_MAX);
    if (lex_value(&reader.lexer) != 0 || skip_value(&reader) != DONE ||
        lex_end(&reader.lexer) != 0)
        broken("what is written is one JSON document");
    lex_free(&reader.lexer);
    keys_free(&reader.keys);
}

static Question about(const Target *target, int way, const Bytes *input) {
    return (Question){
        .target = target, .way = way, .input = input->data, .length = input->length};
}

/* What was written is read, and written again. */
static void settles(const Target *target, const Bytes *json) {
    Bytes wire, again = {0};
    Question reading = about(target, READ, json);
    if (ask(&reading, NO_LIMIT, &wire) == 0) {
        Question writing = about(target, WRITE, &wire);
        if (ask(&writing, NO_LIMIT, &again) == 0 && !is_same(json, &again))
            broken("what is written, read and written again is the same");
    }
    free(wire.data);
    free(again.data);
}

static void can_be_walked(const Target *target, const Bytes *wire) {
    Bytes json;
    Question writing = about(target, WRITE, wire);
    if (ask(&writing, NO_LIMIT, &json) == 0) {
        is_one_document(target, &json);
        if (target->flags & SETTLES)
            settles(target, &json);
    }
    free(json.data);
}

static void unless_is_obeyed(const Question *question, int declined, const Bytes *wanted) {
    const Target *target = question->target;
    const Table *table = target->table;
    if (table->form != AS_OBJECT || table->count == 0)
        return;
    uint32_t unless[] = {table->fields[0].number, table->fields[table->count - 1].number};
    Bytes out = {.most = NO_LIMIT};
    int without = json_to_wire_unless(&target->set.plan, table, unless, 2, question->input,
                                      question->length, &out);
    if (without == 0 && (declined || !is_same(&out, wanted)))
        broken("fields that must not be there change nothing where they are not");
    free(out.data);
}

static void answer_holds(const Question *question, const Bytes *answer) {
    const Target *target = question->target;
    if (!is_write(question)) {
        can_be_walked(target, answer);
        return;
    }
    is_one_document(target, answer);
    if (question->way == WRITE && target->flags & SETTLES)
        settles(target, answer);
}

static void all_hold(const Question *question) {
    Bytes answer;
    int declined = ask(question, NO_LIMIT, &answer);
    ask_again(question, declined, &answer);
    if (!declined) {
        answer_holds(question, &answer);
        ask_with_less_room(question, answer.length, &answer);
        if (answer.length > 0)
            ask_with_less_room(question, answer.length - 1, NULL);
    }
    if (question->way == READ)
        unless_is_obeyed(question, declined, &answer);
    if (hash_of(question->input, question->length) % FAULTS_EVERY == 0)
        ask_without_memory(question, declined, &answer);
    free(answer.data);
}

/* The two bytes before the input choose a field, and perhaps one inside of it; 0: there is none. */
static int choose_field(Question *question) {
    const Table *table = question->target->table;
    if (question->length < FIELD_BYTES || table->count == 0)
        return 0;
    const uint8_t *bytes = question->input;
    const Field *field = &table->fields[(bytes[0] & 0x7F) % table->count];
    question->field = field;
    question->numbers[question->steps++] = field->number;
    if (bytes[0] & 0x80 && field->table != NULL && !field->repeated && field->table->count > 0)
        question->numbers[question->steps++] =
            field->table->fields[bytes[1] % field->table->count].number;
    question->input += FIELD_BYTES;
    question->length -= FIELD_BYTES;
    return 1;
}

void promises_hold(const Targets *targets, const uint8_t *input, size_t length) {
    if (length == 0)
        return;
    size_t before = __sanitizer_get_current_allocated_bytes();
    Question question = {
        .target = target_of(targets, input[0]),
        .way = input[0] % WAYS,
        .input = input + 1,
        .length = length - 1,
    };
    if (question.way < WRITE_FIELD || choose_field(&question))
        all_hold(&question);
    if (__sanitizer_get_current_allocated_bytes() != before)
        broken("no memory is kept");
}

/* See targets.h. The file has native_plan's own format: ((flags, index, plan), ...). */
#include "targets.h"

#include <stdio.h>

static int c_double_text(double value, char *out, size_t room) {
    for (int digits = 15; digits <= 17; digits++) {
        int length = snprintf(out, room, "%.*e", digits - 1, value);
        if (length < 0 || (size_t)length >= room)
            return -1;
        if (strtod(out, NULL) == value)
            return length;
    }
    return -1;
}

static int c_text_double(const char *text, size_t length, double *value) {
    char copy[512], *end;
    if (length >= sizeof copy)
        return -1;
    memcpy(copy, text, length);
    copy[length] = '\0';
    *value = strtod(copy, &end);
    return end == copy + length ? 0 : -1;
}

static const Numbers C_NUMBERS = {c_double_text, c_text_double};

uint64_t hash_of(const void *data, size_t length) {
    const uint8_t *at = data;
    uint64_t hash = 0xCBF29CE484222325u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * 0x100000001B3u;
    return hash;
}

uint8_t *file_read(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t room = 0;
    *length = 0;
    while (file != NULL && !ferror(file) && !feof(file)) {
        if (*length == room) {
            room = room ? 2 * room : 4096;
            uint8_t *more = realloc(data, room);
            if (more == NULL)
                break;
            data = more;
        }
        *length += fread(data + *length, 1, room - *length, file);
    }
    if (file != NULL)
        fclose(file);
    return data;
}

static uint32_t next(const uint8_t **at, const uint8_t *end) {
    if (end - *at < 4)
        return 0;
    const uint8_t *from = *at;
    *at += 4;
    return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

static int load_one(Target *target, const uint8_t **at, const uint8_t *end) {
    uint32_t items = next(at, end);
    target->flags = next(at, end);
    uint32_t index = next(at, end), length = next(at, end);
    if (items != 3 || length > (size_t)(end - *at) || tables_load(&target->set, *at, length) != 0)
        return -1;
    *at += length;
    target->set.plan.numbers = &C_NUMBERS;
    if (index >= target->set.count)
        return -1;
    target->table = &target->set.tables[index];
    return 0;
}

int targets_load(Targets *targets, const char *path) {
    size_t length;
    uint8_t *file = file_read(path, &length);
    const uint8_t *at = file, *end = file + length;
    uint32_t wanted = file == NULL ? 0 : next(&at, end);
    targets->all = calloc(wanted ? wanted : 1, sizeof(Target));
    targets->count = 0;
    while (targets->all != NULL && targets->count < wanted &&
           load_one(&targets->all[targets->count], &at, end) == 0)
        targets->count++;
    int complete = wanted > 0 && targets->count == wanted && at == end;
    free(file);
    return complete ? 0 : -1;
}

void targets_free(Targets *targets) {
    for (uint32_t i = 0; i < targets->count; i++)
        tables_free(&targets->all[i].set);
    free(targets->all);
}

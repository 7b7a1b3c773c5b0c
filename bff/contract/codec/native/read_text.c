/* Strings and bytes onto the wire: called by read_scalar.c, read_map.c and read_struct.c.
 *
 * Meaning scalars.py, `text` and `base64_bytes`.
 */
#include "read.h"

/* Room for a tag, a length and `length` bytes; where they go, or NULL. */
static uint8_t *start_bytes(Bytes *out, uint32_t number, size_t length) {
    if (bytes_need(out, length + 20) != 0)
        return NULL;
    uint8_t *at = write_varint(out->data + out->length, (uint64_t)number << 3 | LENGTH);
    return write_varint(at, length);
}

int read_text(Reader *reader, uint32_t number, const Text *text, Way way) {
    if (way == UNLESS_ZERO && text->length == 0)
        return DONE;
    if (text->decoded && !reader->plan->options.nul && memchr(text->data, 0, text->length) != NULL)
        return DECLINED;
    uint8_t *at = start_bytes(reader->out, number, text->length);
    if (at == NULL)
        return DECLINED;
    memcpy(at, text->data, text->length);
    reader->out->length = (size_t)(at + text->length - reader->out->data);
    return DONE;
}

/* What a character of base64 stands for, standard or URL-safe; 64: it is none. */
static uint32_t sextet(uint8_t byte) {
    if (byte >= 'A' && byte <= 'Z')
        return byte - 'A';
    if (byte >= 'a' && byte <= 'z')
        return byte - 'a' + 26;
    if (byte >= '0' && byte <= '9')
        return byte - '0' + 52;
    if (byte == '+' || byte == '-')
        return 62;
    return byte == '/' || byte == '_' ? 63 : 64;
}

/* Decodes `length` characters, of which none is padding: 0, or -1 with anything in `to`. */
static int decode(const uint8_t *from, size_t length, uint8_t *to) {
    uint32_t bits = 0, wrong = 0;
    for (size_t i = 0; i < length; i++) {
        uint32_t value = sextet(from[i]);
        wrong |= value & 64;
        bits = bits << 6 | (value & 63);
        if (i % 4 != 0) {
            unsigned left = 6 - 2 * (unsigned)(i % 4); /* bits that the next byte begins with */
            *to++ = (uint8_t)(bits >> left);
            bits &= (1u << left) - 1;
        }
    }
    return wrong || bits ? -1 : 0; /* bits that say nothing must be 0 */
}

int read_base64(Reader *reader, uint32_t number, const Text *text, Way way) {
    size_t length = text->length;
    while (length > 0 && text->data[length - 1] == '=')
        length--;
    size_t padding = text->length - length, bytes = length / 4 * 3 + length % 4 * 3 / 4;
    if (length % 4 == 1 || (padding > 0 && (length + padding) % 4 != 0) || padding > 2)
        return DECLINED;
    if (way == UNLESS_ZERO && bytes == 0)
        return DONE;
    uint8_t *at = start_bytes(reader->out, number, bytes);
    if (at == NULL || decode(text->data, length, at) != 0)
        return DECLINED;
    reader->out->length = (size_t)(at + bytes - reader->out->data);
    return DONE;
}

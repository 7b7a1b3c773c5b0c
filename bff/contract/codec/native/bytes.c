/* How an output grows: by half at least, so that appending costs O(length) in all. */
#include "bytes.h"

enum { FIRST_ROOM = 256 };

int bytes_grow(Bytes *out, size_t more) {
    size_t wanted = out->length + more;
    if (out->failed || wanted < more || wanted > out->most) {
        out->failed = 1;
        return -1;
    }
    size_t room = out->room + out->room / 2;
    if (room < wanted)
        room = wanted;
    if (room < FIRST_ROOM)
        room = FIRST_ROOM;
    if (room > out->most)
        room = out->most;
    uint8_t *data = realloc(out->data, room);
    if (data == NULL) {
        out->failed = 1;
        return -1;
    }
    out->data = data;
    out->room = room;
    return 0;
}

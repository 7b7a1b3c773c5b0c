/*
 * One answer: headers, the canned message, trailers. At once, or after the listener's delay.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "downstream.h"

#define HEADER(name, value)                                                                   \
    {(uint8_t *)(name), (uint8_t *)(value), sizeof(name) - 1, sizeof(value) - 1,              \
     NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE}

static ssize_t read_reply(nghttp2_session *session, int32_t stream_id, uint8_t *into,
                          size_t room, uint32_t *flags, nghttp2_data_source *source, void *user)
{
    struct connection *connection = user;
    struct listener *listener = connection->listener;
    size_t sent = (size_t)(uintptr_t)nghttp2_session_get_stream_user_data(session, stream_id);
    size_t left = listener->reply_bytes - sent;
    size_t taken = left < room ? left : room;
    nghttp2_nv trailer = HEADER("grpc-status", "0");

    (void)source;
    memcpy(into, listener->reply + sent, taken);
    sent += taken;
    nghttp2_session_set_stream_user_data(session, stream_id, (void *)(uintptr_t)sent);
    if (sent == listener->reply_bytes) {
        *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
        nghttp2_submit_trailer(session, stream_id, &trailer, 1);
    }
    return (ssize_t)taken;
}

void answer_now(struct connection *connection, int32_t stream_id)
{
    static uint64_t answers;
    char text[17];
    nghttp2_data_provider provider = {.read_callback = read_reply};
    nghttp2_nv headers[3] = {HEADER(":status", "200"),
                             HEADER("content-type", "application/grpc")};
    size_t count = 2;

    if (connection->listener->unique) {
        /* An odd factor: neighbours look nothing like each other, and none comes twice. */
        snprintf(text, sizeof text, "%016llx",
                 (unsigned long long)(++answers * 0x9e3779b97f4a7c15u));
        headers[count++] = (nghttp2_nv){(uint8_t *)"x-request-id", (uint8_t *)text, 12, 16,
                                        NGHTTP2_NV_FLAG_NONE};
    }
    nghttp2_submit_response(connection->session, stream_id, headers, count, &provider);
}

void answer_later(struct connection *connection, int32_t stream_id)
{
    struct listener *listener = connection->listener;
    struct waiting *waiting = allocated(malloc(sizeof *waiting));

    *waiting = (struct waiting){connection, stream_id, now_ns() + listener->delay_ns, NULL};
    connection->holders++;
    if (listener->last)
        listener->last->next = waiting;
    else
        listener->first = waiting;
    listener->last = waiting;
}

void answer_due(struct listener *listener)
{
    uint64_t now = listener->first ? now_ns() : 0;

    while (listener->first && listener->first->due_ns <= now) {
        struct waiting *waiting = listener->first;

        listener->first = waiting->next;
        if (!listener->first)
            listener->last = NULL;
        if (!waiting->connection->closed) {
            answer_now(waiting->connection, waiting->stream_id);
            connection_flush(waiting->connection);
        }
        connection_release(waiting->connection);
        free(waiting);
    }
}

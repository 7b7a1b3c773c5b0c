/*
 * What the parts of the canned gRPC server share. See downstream.c.
 */
#ifndef BENCH_DOWNSTREAM_H
#define BENCH_DOWNSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nghttp2/nghttp2.h>

/* The first member of everything that epoll reports on. */
struct watched {
    int fd;
    void (*ready)(struct watched *self, uint32_t events);
};

/* One answer that is not due yet. All of a listener wait equally long: the list is in order. */
struct waiting {
    struct connection *connection;
    int32_t stream_id;
    uint64_t due_ns;
    struct waiting *next;
};

/* One port, and the one message that it answers every call with. */
struct listener {
    struct watched watched;
    uint8_t *reply; /* with the five bytes that gRPC puts before a message */
    size_t reply_bytes;
    uint64_t delay_ns;
    bool unique; /* each answer has a header that no other has */
    struct waiting *first;
    struct waiting *last;
};

struct connection {
    struct watched watched;
    struct listener *listener;
    nghttp2_session *session;
    uint8_t *out;
    size_t out_bytes;
    size_t out_capacity;
    size_t sent_bytes;
    bool writes_wait;
    bool closed;
    unsigned holders; /* the loop, and each waiting answer */
};

/* downstream.c */
void watch(struct watched *one, uint32_t events, bool is_new);
void unwatch(struct watched *one);
uint64_t now_ns(void);
void *allocated(void *found);

/* connection.c */
nghttp2_session_callbacks *session_callbacks(void);
void connection_open(struct listener *listener, nghttp2_session_callbacks *callbacks, int fd);
void connection_flush(struct connection *connection);
void connection_release(struct connection *connection);

/* answer.c */
void answer_now(struct connection *connection, int32_t stream_id);
void answer_later(struct connection *connection, int32_t stream_id);
void answer_due(struct listener *listener);

#endif

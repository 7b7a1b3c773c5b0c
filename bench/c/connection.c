/*
 * One HTTP/2 connection: bytes in, nghttp2's frames out, closed as soon as either side is done.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "downstream.h"

enum { READ_BYTES = 1 << 18, OUT_BYTES = 1 << 18, STREAM_WINDOW = 1 << 20 };
enum { CONNECTION_WINDOW = 1 << 24, STREAMS = 1000 };

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    struct connection *connection = user;
    bool carries = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;

    (void)session;
    if (!carries || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        return 0;
    if (connection->listener->delay_ns)
        answer_later(connection, frame->hd.stream_id);
    else
        answer_now(connection, frame->hd.stream_id);
    return 0;
}

nghttp2_session_callbacks *session_callbacks(void)
{
    nghttp2_session_callbacks *callbacks;

    if (nghttp2_session_callbacks_new(&callbacks))
        abort();
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    return callbacks;
}

void connection_release(struct connection *connection)
{
    if (--connection->holders == 0)
        free(connection);
}

static void close_it(struct connection *connection)
{
    if (connection->closed)
        return;
    connection->closed = true;
    unwatch(&connection->watched);
    close(connection->watched.fd);
    nghttp2_session_del(connection->session);
    free(connection->out);
    connection_release(connection);
}

static void keep(struct connection *connection, const uint8_t *bytes, size_t count)
{
    size_t needed = connection->out_bytes + count;

    if (needed > connection->out_capacity) {
        connection->out_capacity = 2 * needed;
        connection->out = allocated(realloc(connection->out, connection->out_capacity));
    }
    memcpy(connection->out + connection->out_bytes, bytes, count);
    connection->out_bytes = needed;
}

/* What nghttp2 has to say, up to a buffer full: many frames leave in one write. */
static void fill(struct connection *connection)
{
    const uint8_t *bytes;
    ssize_t count;

    while (connection->out_bytes - connection->sent_bytes < OUT_BYTES) {
        count = nghttp2_session_mem_send(connection->session, &bytes);
        if (count <= 0)
            return;
        keep(connection, bytes, (size_t)count);
    }
}

void connection_flush(struct connection *connection)
{
    bool waits;

    for (;;) {
        ssize_t sent;

        fill(connection);
        if (connection->sent_bytes == connection->out_bytes)
            break;
        sent = send(connection->watched.fd, connection->out + connection->sent_bytes,
                    connection->out_bytes - connection->sent_bytes, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN)
            break;
        if (sent < 0) {
            close_it(connection);
            return;
        }
        connection->sent_bytes += (size_t)sent;
        if (connection->sent_bytes == connection->out_bytes)
            connection->sent_bytes = connection->out_bytes = 0;
    }
    waits = connection->out_bytes > connection->sent_bytes;
    if (waits != connection->writes_wait) {
        connection->writes_wait = waits;
        watch(&connection->watched, EPOLLIN | (waits ? EPOLLOUT : 0u), false);
    }
    if (!nghttp2_session_want_read(connection->session) &&
        !nghttp2_session_want_write(connection->session))
        close_it(connection);
}

static bool receive(struct connection *connection)
{
    static uint8_t bytes[READ_BYTES];
    ssize_t count = recv(connection->watched.fd, bytes, sizeof bytes, 0);

    if (count < 0)
        return errno == EAGAIN;
    return count > 0 && nghttp2_session_mem_recv(connection->session, bytes, (size_t)count) >= 0;
}

static void ready(struct watched *self, uint32_t events)
{
    struct connection *connection = (struct connection *)self;

    connection->holders++;
    if ((events & ~(uint32_t)EPOLLOUT) && !receive(connection))
        close_it(connection);
    else
        connection_flush(connection);
    connection_release(connection);
}

void connection_open(struct listener *listener, nghttp2_session_callbacks *callbacks, int fd)
{
    struct connection *connection = allocated(calloc(1, sizeof *connection));
    nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW},
    };
    int on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection->watched = (struct watched){fd, ready};
    connection->listener = listener;
    connection->holders = 1;
    if (nghttp2_session_server_new(&connection->session, callbacks, connection))
        abort();
    nghttp2_submit_settings(connection->session, NGHTTP2_FLAG_NONE, settings, 2);
    nghttp2_session_set_local_window_size(connection->session, NGHTTP2_FLAG_NONE, 0,
                                          CONNECTION_WINDOW);
    watch(&connection->watched, EPOLLIN, true);
    connection_flush(connection);
}

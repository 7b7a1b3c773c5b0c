/*
 * A gRPC server that answers every call of a port with one canned message, in C on libnghttp2.
 *
 * Why       The services must never be what a benchmark measures: this one answers some hundred
 *           thousand calls a second on one core, and never looks at the request.
 * Usage     downstream PORT,FILE,DELAY_US,UNIQUE ...    (one argument a port; UNIQUE is 0 or 1)
 * Ends      at SIGTERM or SIGINT.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "downstream.h"

enum { BACKLOG = 512, EVENTS = 256, PREFIX_BYTES = 5 };

static int epoll_fd;
static nghttp2_session_callbacks *callbacks;
static volatile sig_atomic_t told_to_stop;

void *allocated(void *found)
{
    if (!found)
        abort();
    return found;
}

uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void watch(struct watched *one, uint32_t events, bool is_new)
{
    struct epoll_event event = {.events = events, .data.ptr = one};

    epoll_ctl(epoll_fd, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, one->fd, &event);
}

void unwatch(struct watched *one)
{
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, one->fd, NULL);
}

static void refuse(const char *what)
{
    perror(what);
    exit(1);
}

static void stop(int number)
{
    (void)number;
    told_to_stop = 1;
}

static void accept_all(struct watched *self, uint32_t events)
{
    int fd;

    (void)events;
    while ((fd = accept4(self->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
        connection_open((struct listener *)self, callbacks, fd);
}

static void load(struct listener *listener, const char *path)
{
    FILE *file = fopen(path, "rb");
    long length;

    if (!file || fseek(file, 0, SEEK_END) || (length = ftell(file)) < 0)
        refuse(path);
    rewind(file);
    listener->reply_bytes = (size_t)length + PREFIX_BYTES;
    listener->reply = allocated(calloc(1, listener->reply_bytes));
    for (int place = 0; place < 4; place++)
        listener->reply[1 + place] = (uint8_t)((unsigned long)length >> (24 - 8 * place));
    if (fread(listener->reply + PREFIX_BYTES, 1, (size_t)length, file) != (size_t)length)
        refuse(path);
    fclose(file);
}

static void listen_on(struct listener *listener, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, BACKLOG))
        refuse("listen");
    listener->watched = (struct watched){fd, accept_all};
    watch(&listener->watched, EPOLLIN, true);
}

static void open_listener(struct listener *listener, const char *argument)
{
    char path[4096];
    unsigned long delay_us;
    int port, unique;

    if (sscanf(argument, "%d,%4095[^,],%lu,%d", &port, path, &delay_us, &unique) != 4) {
        fprintf(stderr, "downstream: not PORT,FILE,DELAY_US,UNIQUE: %s\n", argument);
        exit(2);
    }
    listener->delay_ns = delay_us * 1000u;
    listener->unique = unique;
    load(listener, path);
    listen_on(listener, port);
}

static void timer_rang(struct watched *self, uint32_t events)
{
    uint64_t times;

    (void)events;
    if (read(self->fd, &times, sizeof times) < 0)
        return; /* set anew since it rang */
}

static void set_timer(const struct watched *timer, const struct listener *listeners, int count)
{
    struct itimerspec at = {0};
    uint64_t next_ns = 0;

    for (int index = 0; index < count; index++) {
        const struct waiting *first = listeners[index].first;
        if (first && (!next_ns || first->due_ns < next_ns))
            next_ns = first->due_ns;
    }
    if (!next_ns)
        return;
    at.it_value.tv_sec = (time_t)(next_ns / 1000000000u);
    at.it_value.tv_nsec = (long)(next_ns % 1000000000u);
    timerfd_settime(timer->fd, TFD_TIMER_ABSTIME, &at, NULL);
}

int main(int count, char **arguments)
{
    struct sigaction action = {.sa_handler = stop};
    struct listener *listeners = allocated(calloc((size_t)count, sizeof *listeners));
    struct watched timer = {timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), timer_rang};
    struct epoll_event events[EVENTS];

    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    callbacks = session_callbacks();
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    watch(&timer, EPOLLIN, true);
    for (int index = 1; index < count; index++)
        open_listener(&listeners[index], arguments[index]);
    while (!told_to_stop) {
        int found;

        set_timer(&timer, listeners + 1, count - 1);
        found = epoll_wait(epoll_fd, events, EVENTS, -1);
        for (int index = 0; index < found; index++) {
            struct watched *one = events[index].data.ptr;
            one->ready(one, events[index].events);
        }
        for (int index = 1; index < count; index++)
            answer_due(&listeners[index]);
    }
    return 0;
}

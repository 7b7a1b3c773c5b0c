/* See watch.h. CPU time, not the clock's: a busy machine is no finding. */
#include "watch.h"

#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

#include "corpus.h"

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

static const char *finds;
static const Input *volatile at_hand;
static volatile unsigned long inputs, inputs_at_tick;

/* Whatever a sanitizer finds ends in an abort, and so in `on_abort`. Leaks are found input by input
 * (promises.c), also where ptrace, which LeakSanitizer needs, is forbidden. */
const char *__asan_default_options(void) { return "abort_on_error=1:detect_leaks=0"; }
const char *__ubsan_default_options(void) { return "abort_on_error=1:print_stacktrace=1"; }

static void save(const char *kind) {
    const Input *input = at_hand;
    at_hand = NULL; /* an abort in here is no second finding */
    if (input != NULL)
        fprintf(stderr, "FOUND %s\n", input_save(finds, kind, input));
}

static void on_abort(int number) {
    save("crash");
    signal(number, SIG_DFL);
    raise(number);
}

static void on_tick(int number) {
    (void)number;
    if (at_hand != NULL && inputs == inputs_at_tick) {
        save("hang");
        _exit(3);
    }
    inputs_at_tick = inputs;
}

void watch_start(const char *folder) {
    struct itimerval each = {{2, 0}, {2, 0}};
    finds = folder;
    signal(SIGABRT, on_abort);
    signal(SIGPROF, on_tick);
    setitimer(ITIMER_PROF, &each, NULL);
}

void watch(const Input *input) {
    at_hand = input;
    inputs++;
}

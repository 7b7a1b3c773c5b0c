"""Timers without a clock: deadlines of calls, pauses of dials, looks at a quiet connection."""

import asyncio
from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Any

import pytest

from bff.terms.deadline import Deadline
from bff.transport.http2.deadlines import Deadlines
from bff.transport.http2.dialler import Dialler
from bff.transport.http2.frames import Violation
from bff.transport.http2.options import Http2Options
from bff.transport.http2.pulse import Pulse
from bff.transport.http2.stream import Stream
from tests.conditions import until


class Timer:
    """What `call_later` gives back."""

    def __init__(self, at_s: float, callback: Callable[[], object]) -> None:
        self.at_s, self.callback, self.cancelled = at_s, callback, False

    def cancel(self) -> None:
        self.cancelled = True


class Hours:
    """A loop and a clock in one, that a test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.timers: list[Timer] = []

    def __call__(self) -> float:
        return self.now_s

    def call_later(self, delay_s: float, callback: Callable[..., object], *given: Any) -> Timer:
        self.timers.append(Timer(self.now_s + delay_s, lambda: callback(*given)))
        return self.timers[-1]

    def call_soon(self, callback: Callable[..., object], *given: Any) -> Timer:
        return self.call_later(0.0, callback, *given)

    def create_task(self, work: Any, **how: Any) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(work, **how)

    def pass_to(self, now_s: float) -> None:
        """Fire what is due on the way, in order."""
        while due := [it for it in self.timers if it.at_s <= now_s and not it.cancelled]:
            first = min(due, key=lambda it: it.at_s)
            self.timers.remove(first)
            self.now_s = max(self.now_s, first.at_s)
            first.callback()
        self.now_s = now_s

    @property
    def armed(self) -> int:
        return sum(not it.cancelled for it in self.timers)


def call(at_s: float) -> Stream:
    return Stream("/a.B/C", fields=b"", deadline=Deadline(at_s))


def test_a_call_ends_at_its_deadline_and_not_before() -> None:
    hours, ended = Hours(), []
    deadlines = Deadlines(hours, ended.append, clock=hours)
    late, soon = call(103.0), call(101.0)
    deadlines.add(late)
    deadlines.add(soon)
    seen = []
    for now_s in (100.999, 101.02, 102.999, 103.02):
        hours.pass_to(now_s)
        seen.append(list(ended))
    assert [[], [soon], [soon], [soon, late]] == seen


async def test_a_call_whose_end_raises_costs_no_other() -> None:
    """Neither those of its tick nor the later ones; and the bug is told."""
    ended: list[Stream] = []
    bugs: list[object] = []

    def expire(stream: Stream) -> None:
        ended.append(stream)
        if len(ended) == 1:
            raise bug

    loop, bug = asyncio.get_running_loop(), ValueError("not in list")
    loop.set_exception_handler(lambda _, told: bugs.append(told["exception"]))
    deadlines, now_s = Deadlines(loop, expire), monotonic()
    for at_s in (now_s, now_s, now_s + 0.02):
        deadlines.add(call(at_s))
    await until(lambda: len(ended) == 3)
    assert [bug] == bugs


def test_a_call_that_was_answered_costs_nothing_at_its_deadline() -> None:
    hours, ended = Hours(), []
    deadlines = Deadlines(hours, ended.append, clock=hours)
    answered = call(101.0)
    deadlines.add(answered)
    deadlines.discard(answered)
    hours.pass_to(102.0)
    assert ([], 0) == (ended, hours.armed)


def test_a_thousand_calls_share_one_timer() -> None:
    hours = Hours()
    deadlines = Deadlines(hours, lambda _: None, clock=hours)
    for number in range(1_000):
        deadlines.add(call(101.0 + number / 1_000))
    assert 1 == hours.armed


def test_a_call_without_end_is_not_kept() -> None:
    hours = Hours()
    deadlines = Deadlines(hours, lambda _: None, clock=hours)
    deadlines.add(call(inf))
    assert (0, "<Deadlines of 0 calls>") == (hours.armed, repr(deadlines))


class Customer:
    """Counts what a dialler tells it."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def ready(self, connection: object) -> None:
        self.told.append("ready")

    def not_ready(self) -> None:
        self.told.append("not ready")


class Line:
    """A dialler whose dials end as the test says: each outcome in its turn."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes, self.hours, self.customer = list(outcomes), Hours(), Customer()
        self.dialler = Dialler(
            self.customer, self._open, loop=self.hours, most_pause_s=1.0, chance=lambda: 0.0
        )

    async def _open(self) -> Any:
        outcome = self.outcomes.pop(0)
        if outcome is not None:
            raise outcome

    async def settle(self) -> list[str]:
        while self.dialler._task is not None:  # noqa: ASYNC110 - its task ends on this loop
            await asyncio.sleep(0)
        return self.customer.told


async def test_f2_a_dial_that_fails_is_tried_again_and_calls_fail_until_one_succeeds() -> None:
    """Though nobody asked meanwhile: else the next call would wait for what has just failed."""
    line = Line(OSError("refused"), OSError("refused"), None)
    line.dialler.want()
    failed = []
    for now_s in (100.5, 101.0, 200.0):
        await line.settle()
        failed.append(line.dialler.failed)
        line.hours.pass_to(now_s)

    refused = ("upstream-unavailable", "OSError: refused")
    assert ([refused, refused, None], 0) == (failed, line.hours.armed)
    assert ["not ready", "not ready", "ready"] == line.customer.told


async def test_nobody_dials_after_a_connection_that_ended_for_nobody() -> None:
    line = Line()
    line.dialler.judge(well=False)
    line.hours.pass_to(200.0)
    assert ([], 0) == (await line.settle(), line.hours.armed)


async def test_many_wishes_are_one_dial() -> None:
    line = Line(None)
    for _ in range(100):
        line.dialler.want()
    assert ["ready"] == await line.settle()


async def test_pauses_grow_with_each_failure() -> None:
    line = Line(*(OSError() for _ in range(6)))
    pauses = []
    for _ in range(5):
        line.dialler.want()
        await line.settle()
        (timer,) = line.hours.timers
        pauses.append(round(timer.at_s - line.hours.now_s, 2))
        line.dialler.want()
        line.hours.pass_to(timer.at_s)
        await line.settle()
        line.hours.timers.clear()
        line.dialler._pause = None
        line.outcomes.append(OSError())
    assert sorted(pauses) == pauses
    assert pauses[0] < pauses[-1] <= 1.0


async def test_a_peer_that_speaks_something_else_gave_an_answer() -> None:
    line = Line(Violation("not HTTP/2: b'HTTP/1.1 400'"))
    line.dialler.want()
    await line.settle()
    assert "upstream-invalid-response" == (line.dialler.failed or ("", ""))[0]


async def test_a_closed_dialler_dials_no_more() -> None:
    line = Line(None)
    await line.dialler.close()
    line.dialler.want()
    assert [] == await line.settle()


class Patient:
    """A connection that notes what its pulse does to it."""

    def __init__(self, calls: int) -> None:
        self.streams = range(calls)
        self.may_ask = True
        self.done: list[str] = []

    def ping(self) -> None:
        self.done.append("ping")

    def ask(self) -> None:
        self.done.append("ask")

    def freeze(self) -> None:
        self.done.append("freeze")


@pytest.mark.parametrize(
    ("expected", "calls", "heard_at_s"),
    [(["ping", "freeze"], 1, 100.5), (["ping", "freeze"], 0, 100.0), ([], 0, 100.5)],
)
def test_f4_silence_means_something_while_calls_are_under_way_or_were_given_up(
    expected: list[str], calls: int, heard_at_s: float
) -> None:
    """Hedged calls to a frozen replica are: nobody would ever find that it is."""
    hours, patient = Hours(), Patient(calls)
    options = Http2Options(keepalive_s=2.0, keepalive_timeout_s=1.0)
    pulse = Pulse(options=options, loop=hours, clock=hours)
    pulse.start(patient)
    pulse.heard_at_s = heard_at_s
    hours.pass_to(110.0)
    assert (expected, 0) == (patient.done, hours.armed)


def test_f4_a_silence_that_begins_between_two_looks_is_found_at_the_next() -> None:
    hours, patient = Hours(), Patient(0)
    options = Http2Options(keepalive_s=2.0, keepalive_timeout_s=1.0)
    pulse = Pulse(options=options, loop=hours, clock=hours)
    pulse.start(patient)
    hours.pass_to(101.0)
    pulse.heard_at_s = 101.0
    pulse.start(patient)
    hours.pass_to(105.0)
    assert ["ping", "freeze"] == patient.done


def test_a_peer_that_answers_calls_is_asked_anew_each_time() -> None:
    """Three silences, three signs asked for: an answer between them starts the count anew."""
    hours, patient = Hours(), Patient(1)
    options = Http2Options(keepalive_s=2.0, keepalive_timeout_s=1.0)
    pulse = Pulse(options=options, loop=hours, clock=hours)
    pulse.start(patient)
    for now_s in (102.5, 105.5, 108.5):
        hours.pass_to(now_s)
        pulse.heard_at_s, pulse.answered = now_s, True
    assert ["ping"] * 3 == patient.done


def test_a_pulse_that_is_switched_off_asks_nothing() -> None:
    hours = Hours()
    Pulse(options=Http2Options(keepalive_s=0), loop=hours, clock=hours).start(Patient(1))
    assert 0 == hours.armed

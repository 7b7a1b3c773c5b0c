"""An open loop of requests: what is due is sent, whether or not anything has been answered.

Why       A client that waits for an answer before it asks again hides exactly the seconds that
          went wrong. Here latency counts from the moment that the schedule named.
Called by site.py.
Never     repeats a request of its own accord; shares a connection between two requests at once.
Source    Gil Tene, "How not to measure latency" (coordinated omission).
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import cast

import httptools

from tests.faults.moment import until
from tests.faults.oracle import Answer, Ask, Judge, judged
from tests.faults.tape import Shot, Tape

PATIENCE_S = 10.0
"""A request that has no answer by then is lost."""
NEWEST_FIRST = -1

Make = Callable[[int], Ask]


def reads(number: int) -> Ask:
    """The usual load: reads of Echo, each with its own id, as one of fifty callers."""
    return Ask(id=f"r-{number}", path=f"/v1/echo/r-{number}", identity=f"u-{number % 50}")


@dataclass(slots=True, eq=False)
class _Sending:
    """A request under way; `late` is None once it is over."""

    ask: Ask
    due_s: float
    late_s: float
    line: "Line | None" = None
    late: asyncio.TimerHandle | None = None


class Line(asyncio.Protocol):
    """One connection; `idle` while it waits for nothing."""

    def __init__(self, gone: Callable[["Line"], None]) -> None:
        self._gone = gone
        self._told: Callable[[Answer | None], None] | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def ask(self, ask: Ask, told: Callable[[Answer | None], None]) -> None:
        """`told` is called once, with None when no answer came."""
        self._told = told
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(ask.wire())

    def close(self) -> None:
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, AttributeError):
            self._transport.abort()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        answer = Answer(self._parser.get_status_code(), self._headers, bytes(self._body))
        if not self._parser.should_keep_alive():
            self._gone(self)
            self._transport.close()
        self._tell(answer)

    def eof_received(self) -> None:
        """Nothing may be asked on it any more; its loss is told a turn later."""
        self._gone(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone(self)
        self._tell(None)

    def _tell(self, answer: Answer | None) -> None:
        told, self._told = self._told, None
        if told is not None:
            told(answer)


class Load:
    """Sends `rate` requests a second to `ports` (the first, unless it refuses to connect).

    tape  what became of those that have ended
    """

    def __init__(
        self,
        *ports: int,
        rate: float,
        make: Make = reads,
        judge: Judge = judged,
        patience_s: float = PATIENCE_S,
        numbers: Iterator[int] | None = None,
    ) -> None:
        self.tape = Tape()
        self.waiting = 0
        self.rate = rate
        self._ports = ports
        self._make, self._judge = make, judge
        self._patience_s = patience_s
        self._numbers = numbers or count()
        self._loop = asyncio.get_running_loop()
        self._idle: list[Line] = []
        self._lines: set[Line] = set()
        self._dialling: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<Load of {self.rate:.0f}/s, {self.waiting} waiting, {self.tape!r}>"

    def start(self) -> None:
        self._due_s = self._loop.time()
        self._tick()

    async def stop(self) -> None:
        """Send no more, wait for what is under way, close."""
        if self._timer is not None:
            self._timer.cancel()
        await until(lambda: not self.waiting, within_s=self._patience_s + 1.0)
        for line in tuple(self._lines):
            line.close()
        await until(lambda: not self._lines, within_s=1.0)

    def again(self, ask: Ask, *, after_s: float) -> None:
        """Send this one, too, beside the schedule."""
        self.waiting += 1
        self._loop.call_later(after_s, self._sent_again, ask, self._loop.time() + after_s)

    def _sent_again(self, ask: Ask, due_s: float) -> None:
        self.waiting -= 1
        self._send(ask, due_s)

    def _tick(self) -> None:
        now_s = self._loop.time()
        while self._due_s <= now_s:
            self._send(self._make(next(self._numbers)), self._due_s)
            self._due_s += 1.0 / self.rate
        self._timer = self._loop.call_at(self._due_s, self._tick)

    def _send(self, ask: Ask, due_s: float) -> None:
        self.waiting += 1
        sending = _Sending(ask, due_s, self._loop.time() - due_s)
        sending.late = self._loop.call_at(due_s + self._patience_s, self._over, sending, None)
        if self._idle:
            self._on(self._idle.pop(NEWEST_FIRST), sending)
        else:
            task = self._loop.create_task(self._dial(sending))
            self._dialling.add(task)
            task.add_done_callback(self._dialling.discard)

    async def _dial(self, sending: "_Sending") -> None:
        for port in self._ports:
            try:
                _, line = await self._loop.create_connection(
                    lambda: Line(self._gone), "127.0.0.1", port
                )
            except OSError:
                continue
            self._lines.add(line)
            self._on(line, sending)
            return
        self._over(sending, None)

    def _on(self, line: Line, sending: "_Sending") -> None:
        sending.line = line
        line.ask(sending.ask, lambda answer: self._over(sending, answer))

    def _over(self, sending: "_Sending", answer: Answer | None) -> None:
        if sending.late is None:
            return  # given up already
        sending.late.cancel()
        sending.late = None
        self.waiting -= 1
        if sending.line in self._lines:
            line = sending.line
            if answer is None:
                line.close()
            else:
                self._idle.append(line)
        outcome, why, replica = self._judge(sending.ask, answer)
        took_s = self._loop.time() - sending.due_s
        kind, late_s = sending.ask.kind, sending.late_s
        self.tape.shots.append(Shot(sending.due_s, took_s, outcome, why, kind, replica, late_s))

    def _gone(self, line: Line) -> None:
        self._lines.discard(line)
        if line in self._idle:
            self._idle.remove(line)

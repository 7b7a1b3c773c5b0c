"""Ask once for all who want to know the same at the same moment.

Why       Two parts of a screen, or a thousand visitors of a page that just expired, ask one
          question: the service need not hear it a thousand times.
Deadlines Each waits as long as it may. The work has the time of whoever began it; if that runs out
          while somebody who came later has more, it is begun once more, with the most of theirs.
Called by calls/sharing.py, calls/cache.py.
Never     remembers: who comes after the end asks anew, also after a failure. Never gives up the
          work while somebody still waits, nor keeps it up when the last has left.
Source    golang.org/x/sync/singleflight; docs/spec/views.md "De-dup".
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextvars import Context
from typing import Any, Generic, TypeAlias, TypeVar

from bff.terms.codes import Code
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.terms.silence import LATE, silence

T = TypeVar("T")
Landed: TypeAlias = Callable[[Any, BaseException | None], object]
"""Told what came of the work: a value and None, or None and why there is none."""
Begin: TypeAlias = Callable[[Deadline, Landed], Callable[[], object]]
"""Begins the work; returns what gives it up. May tell at once."""
_Seat: TypeAlias = "asyncio.Future[tuple[Any, BaseException | None]] | _Told"


class Flights(Generic[T]):
    """The work under way, by key."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, _Flight] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __repr__(self) -> str:
        return f"<Flights: {len(self._under_way)} under way>"

    def __contains__(self, key: Hashable) -> bool:
        return key in self._under_way

    async def join(self, key: Hashable, begin: Begin, deadline: Deadline, *, source: str) -> T:
        """What the work under way for `key` brings; where there is none, `begin` begins it.

        source  whose silence it is that `deadline` passes
        Raises  what the work raised, or ServiceSilent when `deadline` has passed
        """
        flight = self._under_way.get(key)
        if flight is not None:
            return await flight.wait(deadline, source)  # type: ignore[no-any-return]
        flight = self._under_way[key] = _Flight(self._under_way, key, begin)
        return await flight.lead(deadline)  # type: ignore[no-any-return]

    def board(
        self, key: Hashable, begin: Begin, deadline: Deadline, *, source: str, landed: Landed
    ) -> Callable[[], object]:
        """As `join`, for somebody who does not wait: `landed` is told. Returns what leaves."""
        flight = self._under_way.get(key)
        if flight is not None:
            return flight.board(deadline, landed, late_as=source)
        flight = self._under_way[key] = _Flight(self._under_way, key, begin)
        leave = flight.board(deadline, landed)
        flight.take_off(deadline)
        return leave

    def start(self, key: Hashable, begin: Begin, deadline: Deadline) -> None:
        """Begin the work behind everybody's back, unless it is under way."""
        if key not in self._under_way:
            flight = self._under_way[key] = _Flight(self._under_way, key, begin)
            flight.held = True
            flight.take_off(deadline)

    def in_a_task(self, make: Callable[[Deadline], Awaitable[T]]) -> Begin:
        """Work that is a coroutine. Its task knows nothing of whoever began it."""

        def begin(deadline: Deadline, landed: Landed) -> Callable[[], object]:
            # An empty context: what the first caller's carries is not the others' business.
            task = asyncio.get_running_loop().create_task(
                _made(make, deadline, landed), context=Context()
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return task.cancel

        return begin

    async def close(self) -> None:
        """Give all of it up, and wait until it has ended."""
        for flight in list(self._under_way.values()):
            flight.give_up()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _made(
    make: Callable[[Deadline], Awaitable[T]], deadline: Deadline, landed: Landed
) -> None:
    try:
        value = await make(deadline)
    except asyncio.CancelledError as cancelled:
        landed(None, cancelled)
        raise
    except Exception as error:  # noqa: BLE001 - whoever waits raises it
        landed(None, error)
    else:
        landed(value, None)


class _Flight:
    """One piece of work, and who waits for it: a seat each, with its deadline."""

    __slots__ = ("_begin", "_cancel", "_key", "_seats", "_table", "_until", "held")

    def __init__(self, table: "dict[Hashable, _Flight]", key: Hashable, begin: Begin) -> None:
        self._table = table
        self._key = key
        self._begin = begin
        self._seats: dict[_Seat, Deadline] = {}
        self._until = Deadline(0.0)
        self._cancel: Callable[[], object] | None = None
        self.held = False

    async def lead(self, deadline: Deadline) -> Any:
        """Begin, and wait: the work itself ends by this deadline."""
        seat = self._seat(deadline)
        self.take_off(deadline)
        return await self._seated(seat)

    async def wait(self, deadline: Deadline, source: str) -> Any:
        seat = self._seat(deadline)
        loop = asyncio.get_running_loop()
        late = loop.call_later(deadline.remaining_s(), _tell_late, seat, source)
        try:
            return await self._seated(seat)
        finally:
            late.cancel()

    def board(
        self, deadline: Deadline, landed: Landed, *, late_as: str | None = None
    ) -> Callable[[], object]:
        """A seat for somebody who does not wait; `late_as`: whose silence it is, where the work may
        take longer than that.
        """
        seat = _Told(self, landed)
        self._seats[seat] = deadline
        if late_as is not None:
            left_s = deadline.remaining_s()
            seat.late = asyncio.get_running_loop().call_later(left_s, _tell_late, seat, late_as)
        return seat.leave

    def vacate(self, seat: "_Told") -> None:
        self._seats.pop(seat, None)
        if not self._seats and not self.held:
            self._leave()

    def take_off(self, until: Deadline) -> None:
        self._until = until
        try:
            cancel = self._begin(until, self._landed)
            if self._table.get(self._key) is self:  # else it landed at once
                self._cancel = cancel
        except Exception as error:  # noqa: BLE001 - whoever waits raises it
            self._landed(None, error)

    def give_up(self) -> None:
        self._leave()
        for seat in list(self._seats):
            seat.cancel()

    def _seat(self, deadline: Deadline) -> "asyncio.Future[tuple[Any, BaseException | None]]":
        seat: asyncio.Future[tuple[Any, BaseException | None]]
        seat = asyncio.get_running_loop().create_future()
        self._seats[seat] = deadline
        return seat

    async def _seated(self, seat: "asyncio.Future[tuple[Any, BaseException | None]]") -> Any:
        try:
            value, error = await seat
        finally:
            del self._seats[seat]
            if not self._seats and not self.held:
                self._leave()
        if error is not None:
            raise error
        return value

    def _leave(self) -> None:
        """Nobody waits any more: give up what is still under way."""
        if self._table.get(self._key) is self:
            del self._table[self._key]
            cancel, self._cancel = self._cancel, None  # the call holds us, and we it
            if cancel is not None:
                cancel()

    def _landed(self, value: Any, error: BaseException | None) -> None:
        if self._table.get(self._key) is not self:  # given up
            return
        left = self._patient() if _is_late(error) else []
        if left:
            _tell([seat for seat in self._seats if seat not in left], value, error)
            left = self._patient()  # whoever was told may have made others leave
        if left:
            self.take_off(max(self._seats[seat] for seat in left))
        elif self._table.get(self._key) is self:
            del self._table[self._key]
            self._cancel = None  # the call holds us, and we it
            _tell(list(self._seats), value, error)

    def _patient(self) -> list[_Seat]:
        """Those who may wait for longer than the work could take."""
        until_s = self._until.at_s
        return [seat for seat, it in self._seats.items() if it.at_s > until_s and not seat.done()]


class _Told:
    """The seat of somebody who does not wait; to the flight it is what a future is."""

    __slots__ = ("_flight", "_landed", "late")

    def __init__(self, flight: _Flight, landed: Landed) -> None:
        self._flight = flight
        self._landed: Landed | None = landed
        self.late: asyncio.TimerHandle | None = None

    def done(self) -> bool:
        return self._landed is None

    def set_result(self, how: tuple[Any, BaseException | None]) -> None:
        landed = self._landed
        self.leave()
        if landed is not None:
            landed(*how)

    def cancel(self) -> None:
        self.set_result((None, asyncio.CancelledError()))

    def leave(self) -> None:
        """Nobody is to be told any more."""
        self._landed = None
        if self.late is not None:
            self.late.cancel()
        self._flight.vacate(self)


def _is_late(error: BaseException | None) -> bool:
    return isinstance(error, Failure) and error.code is Code.DEADLINE_EXCEEDED


def _tell(seats: list[_Seat], value: Any, error: BaseException | None) -> None:
    for seat in seats:
        if not seat.done():
            seat.set_result((value, error))


def _tell_late(seat: _Seat, source: str) -> None:
    if not seat.done():
        seat.set_result((None, silence(LATE, source=source)))

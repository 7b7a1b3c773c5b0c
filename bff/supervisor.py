"""Several worker processes behind the same two kinds of ports: started, replaced, ended in time.

Why       Python uses one core a process; and a process that dies must not be the end of all.
How       It opens the ports and never accepts: what comes while a worker is being replaced waits in
          the kernel for another. Each worker is a fresh interpreter that inherits the sockets: it
          is spawned, never forked, so that no loop, thread or gRPC channel is ever shared (F27).
Called by cli.py, where `[server] workers` is not 1.
Never     runs an event loop, calls a service or reads a contract; starts nobody once it was told to
          end; waits for a worker longer than the settings say.
Source    docs/spec/reliability.md section 2 "SIGTERM under load", F17, F18, F27.
"""

import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import Any, Final

from bff.listening import opened_for
from bff.server_options import ServerOptions
from bff.supervision import count_of, early_deaths, pause_s
from bff.terms.events import Emit, Lifecycle
from bff.worker import READY, WORN, words_of

GRACE_S: Final = 3.0
"""Beyond what a worker was given to end in; then it is killed."""
_ORDERS: Final = (signal.SIGTERM, signal.SIGINT)

Spawn = Callable[..., "subprocess.Popen[bytes]"]


class _Worker:
    """One process. `was_ready` it served; `is_worn` another one is to take its place."""

    def __init__(self, process: "subprocess.Popen[bytes]", line: socket.socket) -> None:
        self.process = process
        self.line = line
        self.began_s = monotonic()
        self.was_ready = False
        self.is_worn = False
        self.is_leaving = False

    def __repr__(self) -> str:
        state = "leaving" if self.is_leaving else "ready" if self.was_ready else "starting"
        return f"<_Worker {self.process.pid}, {state}>"

    def order(self, number: int) -> None:
        self.is_leaving = True
        try:
            self.line.send(bytes((number,)))
        except OSError:  # it is gone already, or so stuck that it will be killed
            return


class _Place:
    """Where one worker is, or two while they change over; it has an admin port of its own."""

    def __init__(self, number: int, admin: socket.socket) -> None:
        self.number = number
        self.admin = admin
        self.workers: list[_Worker] = []
        self.deaths = -1
        self.due_s: float | None = None

    def __repr__(self) -> str:
        return f"<_Place {self.number}: {self.workers}>"


class Supervisor:
    """`run` returns the exit status, when all workers have ended.

    command  what starts a worker, but for what it inherits
    """

    def __init__(
        self,
        command: Sequence[str],
        sockets: Sequence[socket.socket],
        *,
        options: ServerOptions,
        renewal_s: float = 0.0,
        emit: Emit,
        spawn: Spawn = subprocess.Popen,
    ) -> None:
        self._command = tuple(command)
        self._public, *admins = sockets
        self._places = [_Place(number, admin) for number, admin in enumerate(admins)]
        self._options = options
        self._grace_s = GRACE_S + renewal_s
        self._emit = emit
        self._spawn = spawn
        self._selector = selectors.DefaultSelector()
        self._ends_by_s: float | None = None
        self._status = 0
        self._served = False

    def __repr__(self) -> str:
        return f"<Supervisor of {self._places}>"

    def run(self) -> int:
        with _signals() as heard:
            self._selector.register(heard, selectors.EVENT_READ, self._signalled)
            self._places[0].due_s = monotonic()  # the others begin once it has found no mistake
            while self._ends_by_s is None or self._workers:
                self._start_due()
                for key, _ in self._selector.select(self._patience_s()):
                    key.data(key.fileobj)
                self._kill_overdue()
        self._selector.close()
        self._close()
        self._emit(Lifecycle(state="stopped", detail="all workers"))
        return self._status

    @property
    def _workers(self) -> list[tuple[_Place, _Worker]]:
        return [(place, worker) for place in self._places for worker in place.workers]

    def _patience_s(self) -> float | None:
        dues = [one.due_s for one in self._places if one.due_s is not None]
        if self._ends_by_s is not None:
            dues = [self._ends_by_s]
        return max(0.0, min(dues) - monotonic()) if dues else None

    # ------------------------------------------------------------------------------- who comes

    def _start_due(self) -> None:
        now_s = monotonic()
        for place in self._places:
            if place.due_s is not None and place.due_s <= now_s and self._ends_by_s is None:
                place.due_s = None
                self._start(place)

    def _start(self, place: _Place) -> None:
        ours, theirs = socket.socketpair()
        handed = (self._public, place.admin, theirs)
        words = words_of(handed, is_first=place.number == 0 and not self._served)
        with theirs:
            process = self._spawn(
                (*self._command, "--inherited", words),
                pass_fds=[one.fileno() for one in handed],
                process_group=0,  # a terminal's Ctrl-C is for us, who pass it on once
            )
        ours.setblocking(False)
        worker = _Worker(process, ours)
        place.workers.append(worker)
        self._selector.register(ours, selectors.EVENT_READ, lambda _line: self._hear(place, worker))
        self._tell("worker-started", place, worker)

    def _hear(self, place: _Place, worker: _Worker) -> None:
        try:
            words = worker.line.recv(16)
        except BlockingIOError:
            return
        except OSError:
            words = b""
        if not words:
            self._ended(place, worker)
        if READY in words:
            self._ready(place, worker)
        if WORN in words and not worker.is_leaving:
            worker.is_worn = True
            self._plan(place, 0.0)

    def _ready(self, place: _Place, worker: _Worker) -> None:
        worker.was_ready = self._served = True
        self._tell("worker-ready", place, worker)
        for other in place.workers:
            if other is not worker and not other.is_leaving:
                self._tell("worker-replaced", place, other)
                other.order(signal.SIGTERM)
        for one in self._places:
            if not one.workers:
                self._plan(one, 0.0)

    def _plan(self, place: _Place, in_s: float) -> None:
        if self._ends_by_s is None and place.due_s is None:
            place.due_s = monotonic() + in_s

    # ------------------------------------------------------------------------------- who goes

    def _ended(self, place: _Place, worker: _Worker) -> None:
        """Its line is closed: the process is over, or about to be."""
        self._selector.unregister(worker.line)
        worker.line.close()
        status = worker.process.wait()
        place.workers.remove(worker)
        if worker.is_leaving:
            self._tell("worker-stopped", place, worker)
            if status and self._ends_by_s is not None:
                self._status = 1
            return
        self._tell("worker-died", place, worker, f", status {status}")
        if not self._served:  # the first one found a mistake: to start it again mends nothing
            self._status = status or 1
            self._end(signal.SIGTERM)
            return
        place.deaths = early_deaths(place.deaths, lived_s=monotonic() - worker.began_s)
        others = [one for one in place.workers if not (one.is_worn or one.is_leaving)]
        if not others:
            self._plan(place, pause_s(place.deaths))

    def _signalled(self, heard: socket.socket) -> None:
        for number in heard.recv(16):
            if number in _ORDERS:
                self._end(number)

    def _end(self, number: int) -> None:
        """Everybody; a second time, at once."""
        options, again = self._options, self._ends_by_s is not None
        lame_duck_s = options.lame_duck_s if number == signal.SIGTERM else 0.0
        patience_s = self._grace_s + (0.0 if again else lame_duck_s + options.drain_s)
        self._ends_by_s = monotonic() + patience_s
        self._close()
        for _, worker in self._workers:
            worker.order(number)

    def _close(self) -> None:
        """Nobody comes here any more, once the workers have closed theirs."""
        for one in (self._public, *(place.admin for place in self._places)):
            one.close()

    def _kill_overdue(self) -> None:
        if self._ends_by_s is not None and monotonic() >= self._ends_by_s:
            for _, worker in self._workers:
                worker.process.kill()
            self._ends_by_s = monotonic() + GRACE_S

    def _tell(self, state: str, place: _Place, worker: _Worker, more: str = "") -> None:
        detail = f"worker {place.number}, pid {worker.process.pid}{more}"
        self._emit(Lifecycle(state=state, detail=detail))


def supervise(
    command: Sequence[str], options: ServerOptions, *, write_s: float, renewal_s: float, emit: Emit
) -> int:
    """Serve with several workers until a signal; returns the exit status.

    renewal_s  how long a worker may wait for tokens that are being renewed, after all else

    Raises ContractMistakes for ports that can't be had
    """
    count = count_of(options.workers)
    sockets = opened_for(options, write_s=write_s, workers=count)
    return Supervisor(command, sockets, options=options, renewal_s=renewal_s, emit=emit).run()


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """What can be waited for beside lines: the numbers of signals come out of it."""
    with ExitStack() as stack:
        heard, told = (stack.enter_context(one) for one in socket.socketpair())
        told.setblocking(False)
        before: dict[int, Any] = {
            number: signal.signal(number, lambda *_: None) for number in _ORDERS
        }
        wakeup = signal.set_wakeup_fd(told.fileno())
        try:
            yield heard
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, was in before.items():
                signal.signal(number, was)


def command_of(words: Sequence[str]) -> tuple[str, ...]:
    """What starts this program once more with these words."""
    return (sys.executable, "-m", "bff", *words)

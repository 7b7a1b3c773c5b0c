"""Around a connection to a service, in place of a loop, a socket and a pool: nothing ever waits.

Called by aim_frames.py.
"""

from collections.abc import Callable
from typing import Any

from bff.transport.http2.stream import Stream


class Loop:
    """Runs what was asked to run soon when it is told to; its timers never come."""

    def __init__(self) -> None:
        self._soon: list[Callable[[], object]] = []

    def call_soon(self, callback: Callable[..., object], *given: object) -> None:
        self._soon.append(lambda: callback(*given))

    def call_later(self, _delay_s: float, _callback: Callable[..., object], *_: object) -> Any:
        return _Timer()

    call_at = call_later

    def time(self) -> float:
        return 0.0

    def create_future(self) -> Any:
        return _Future()

    def run(self) -> None:
        while self._soon:
            soon, self._soon = self._soon, []
            for callback in soon:
                callback()


class _Timer:
    def cancel(self) -> None: ...


class _Future:
    """`done` is all that a connection asks of its own."""

    def __init__(self) -> None:
        self._done = False

    def done(self) -> bool:
        return self._done

    def set_result(self, _: object) -> None:
        assert not self._done
        self._done = True

    set_exception = set_result

    def exception(self) -> None: ...


class Socket:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.wire = bytearray()
        self.ended = False

    def write(self, data: bytes) -> None:
        assert not self.ended
        self.wire += data

    def writelines(self, pieces: list[bytes]) -> None:
        self.write(b"".join(pieces))

    def get_extra_info(self, _name: str) -> None: ...

    def is_closing(self) -> bool:
        return self.ended

    def close(self) -> None:
        self.ended = True

    abort = close


class Keeper:
    """Takes back what was not processed, and fails it: a pool would make it anew."""

    def __init__(self) -> None:
        self.back: list[Stream] = []

    def roomier(self) -> None: ...

    def gave_back(self, streams: list[Stream], why: str) -> None:
        self.back += streams

    def gone(self, carrier: object) -> None: ...

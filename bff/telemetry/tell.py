"""Tell every listener what happened, whatever one of them does.

Why       A full disk under the log must not turn answers into 500s, nor silence the metrics.
Called by app, once: `emit = tell(log.listen, metrics.listen)`.
Never     raises; never stays silent about a broken listener: its first failure goes to stderr.
"""

import sys
from collections.abc import Callable

from bff.terms.events import Emit, Event

Complain = Callable[[str], None]


def to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def tell(*listeners: Emit, complain: Complain = to_stderr) -> Emit:
    """An Emit that tells all of them, in order."""
    broken: set[int] = set()

    def emit(event: Event) -> None:
        for place, listener in enumerate(listeners):
            try:
                listener(event)
            # Any bug of a listener is its own: the request that told it must go on.
            except Exception as error:  # noqa: BLE001
                if place not in broken:
                    broken.add(place)
                    _complain(complain, f"telemetry: {listener!r} fails: {type(error).__name__}")

    return emit


def _complain(complain: Complain, line: str) -> None:
    try:
        complain(line)
    except (OSError, ValueError):
        return  # stderr is closed, too: nobody is left to tell

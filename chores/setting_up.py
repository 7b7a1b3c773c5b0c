"""Make what every other chore needs, once; and take it away.

Called by dev.py, the chores beside it.
"""

import contextlib
from collections.abc import Iterator, Sequence

from chores.environment import STAMP, environment, ready, stamp
from chores.native import NATIVE_STAMP, extensions, native, native_stamp
from chores.places import LITTER, ROOT
from chores.process import remove


def setup(_arguments: Sequence[str] = ()) -> int:
    """Make .venv and the native codec unless they are ready."""
    if ready(STAMP, stamp()) and ready(NATIVE_STAMP, native_stamp()):
        return 0
    with only_one():
        if not ready(STAMP, stamp()):  # else another terminal made it while we waited
            environment()
        if not ready(NATIVE_STAMP, native_stamp()):
            native()
    return 0


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """One set-up at a time, so that `make demo` and `make test` may start side by side."""
    try:
        import fcntl
    except ImportError:  # Windows: two set-ups at once are the user's own affair there
        yield
        return
    with (ROOT / ".venv.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # freed by the system even if we are killed
        yield


def clean(_arguments: Sequence[str]) -> int:
    found = [*(ROOT / name for name in LITTER), *ROOT.glob("*.egg-info"), *extensions()]
    for top in ("bff", "chores", "fake_services", "generated", "tests", "bench"):
        found += (ROOT / top).rglob("__pycache__")
    for path in found:
        remove(path)
    return 0

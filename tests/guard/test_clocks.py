"""F21: only who judges tokens, or writes a date for people, reads the clock on the wall.

A jump of that clock can refuse a token. It can't end a call, prolong one, open a breaker or fill a
bucket: all of these count seconds that only go forward.
"""

import ast
import time
from pathlib import Path

import pytest

from bff.terms.deadline import Deadline

BFF = Path(__file__).parents[2] / "bff"
MAY = ("guard/", "telemetry/log.py", "stores/", "contract/codec/time_text.py")
WALL = frozenset({"time", "time_ns", "gmtime", "localtime"})


def readers() -> set[str]:
    """Files that take the wall clock from `time`, or have anything to do with `datetime`."""
    found = set()
    for file in BFF.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names: set[str] = set()
            if isinstance(node, ast.ImportFrom) and node.module in ("time", "datetime"):
                names = {one.name for one in node.names} & (WALL | {"datetime", "date"})
            elif isinstance(node, ast.Import):
                names = {one.name for one in node.names} & {"time", "datetime"}
            if names:
                found.add(file.relative_to(BFF).as_posix())
    return found


def test_f21_only_guard_and_the_log_read_the_wall_clock() -> None:
    assert {"guard/tokens/bearer.py", "telemetry/log.py"} <= readers()
    assert [] == sorted(one for one in readers() if not one.startswith(MAY))


@pytest.mark.parametrize("jump_s", [-3_600.0, 3_600.0])
def test_f21_a_jump_of_an_hour_leaves_a_deadline_as_it_is(
    monkeypatch: pytest.MonkeyPatch, jump_s: float
) -> None:
    wall_s = time.time()
    deadline = Deadline.after(10.0)
    monkeypatch.setattr(time, "time", lambda: wall_s + jump_s)
    assert jump_s == time.time() - wall_s
    assert 9.0 < deadline.remaining_s() <= 10.0
    assert deadline == deadline.within(60.0)

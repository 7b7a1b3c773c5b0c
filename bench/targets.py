"""What the project has promised itself: ratios at c=32, in one run.

Called by tables.py, which shows them beside what was measured.
Never     fails a build: figures of a shared machine are information.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.servers import ENVOY, FASTAPI, FASTAPI_DICTS, GATEWAY, OURS_NATIVE, OURS_PURE

CONNECTIONS = 32
VIEW_CPU = 1.15
"""CPU of a view for each of the same screen as an async function, at most."""
LATE_US, RSS_MB, STARTUP_S, STARTUP_RPCS = 400, 50, 1.5, 1_000


@dataclass(frozen=True, slots=True)
class Target:
    """`ours` answers `case` at least so many times as often as `peer`; None: only shown."""

    case: str
    ours: str
    peer: str
    least: float | None


TARGETS: Sequence[Target] = (
    Target("unary-0.5k", OURS_NATIVE, FASTAPI, 6.0),
    Target("unary-0.5k", OURS_NATIVE, FASTAPI_DICTS, 6.0),
    Target("unary-0.5k", OURS_NATIVE, GATEWAY, 1.0),
    Target("unary-0.5k", OURS_NATIVE, ENVOY, 1.2),
    Target("unary-5k", OURS_NATIVE, FASTAPI, 14.0),
    Target("unary-5k", OURS_NATIVE, FASTAPI_DICTS, 14.0),
    Target("unary-5k", OURS_NATIVE, GATEWAY, 2.5),
    Target("unary-5k", OURS_NATIVE, ENVOY, 2.2),
    Target("unary-44k", OURS_NATIVE, FASTAPI, 40.0),
    Target("unary-44k", OURS_NATIVE, FASTAPI_DICTS, 40.0),
    Target("unary-44k", OURS_NATIVE, GATEWAY, 6.0),
    Target("unary-44k", OURS_NATIVE, ENVOY, 5.0),
    Target("screen", OURS_NATIVE, FASTAPI, 15.0),
    Target("screen", OURS_NATIVE, FASTAPI_DICTS, 15.0),
    Target("screen", OURS_NATIVE, GATEWAY, 3.5),
    Target("unary-0.5k", OURS_PURE, FASTAPI, 4.5),
    Target("unary-0.5k", OURS_PURE, FASTAPI_DICTS, 4.5),
    Target("unary-0.5k", OURS_PURE, GATEWAY, None),
    Target("unary-0.5k", OURS_PURE, ENVOY, None),
)

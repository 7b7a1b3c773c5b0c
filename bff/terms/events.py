"""What happened, as frozen data with units. Rooms emit; `telemetry` listens; nobody logs.

Why       Named tuples, not dataclasses: two of them are made for every request.

Source    hynek/stamina's instrumentation: events are data, logs and metrics are listeners
          elsewhere.
"""

from collections.abc import Callable
from typing import NamedTuple

from bff.terms.codes import Code


class CallFinished(NamedTuple):
    """One rpc that was made, whoever shares its reply. `reason` is "" for OK; `detail` may quote
    the service: logs only.
    """

    service: str
    rpc: str
    code: Code
    elapsed_s: float
    request_id: str
    reason: str = ""
    detail: str = ""


class CacheAsked(NamedTuple):
    """Something that could be remembered or shared was asked for.

    what  "pkg.Service/Method", or a view's name
    how   "hit", "stale" (given out, and asked for anew or for want of better), "miss", "expired"
          (it was there, too old), "coalesced" (somebody was asking already)
    """

    what: str
    how: str


class RequestFinished(NamedTuple):
    """One HTTP request. `route` is the template, never the raw path ("" if none matched)."""

    request_id: str
    method: str
    route: str
    endpoint: str
    status: int
    reason: str
    subject: str
    peer: str
    elapsed_s: float
    sent_bytes: int
    gaps: int = 0


class Crashed(NamedTuple):
    """An exception that no rule foresaw: a bug of ours. The traceback goes to the log only."""

    request_id: str
    where: str
    traceback: str


class KeysRefreshed(NamedTuple):
    """An issuer's key set was read. `error` is "" when it worked."""

    issuer: str
    keys: int
    error: str = ""


class Lifecycle(NamedTuple):
    """The process changed state: "started", "ready", "draining", "stopped"; in development
    "reloaded" or "reload-failed", with the reason.
    """

    state: str
    detail: str = ""


Event = CallFinished | CacheAsked | RequestFinished | Crashed | KeysRefreshed | Lifecycle
Emit = Callable[[Event], None]


def silence(event: Event) -> None:
    """An Emit that nobody listens to."""

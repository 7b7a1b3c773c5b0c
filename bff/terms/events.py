"""What happened, as frozen data with units. Rooms emit; `telemetry` listens; nobody logs.

Source    hynek/stamina's instrumentation: events are data, logs and metrics are listeners
          elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bff.terms.codes import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFinished:
    """One rpc as the pipeline saw it. `reason` is "" for OK; `detail` may quote the service: logs
    only.
    """

    service: str
    rpc: str
    code: Code
    reason: str = ""
    detail: str = ""
    elapsed_s: float
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFinished:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed:
    """An exception that no rule foresaw: a bug of ours. The traceback goes to the log only."""

    request_id: str
    where: str
    traceback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysRefreshed:
    """An issuer's key set was read. `error` is "" when it worked."""

    issuer: str
    keys: int
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """The process changed state: "started", "ready", "draining", "stopped"; in development
    "reloaded" or "reload-failed", with the reason.
    """

    state: str
    detail: str = ""


Event = CallFinished | RequestFinished | Crashed | KeysRefreshed | Lifecycle
Emit = Callable[[Event], None]


def silence(event: Event) -> None:
    """An Emit that nobody listens to."""

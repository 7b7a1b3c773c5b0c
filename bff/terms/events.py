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


class CallRepeated(NamedTuple):
    """Another attempt at a call went out; `why`: "retry" (the one before failed) or "hedge" (it
    takes long).
    """

    service: str
    rpc: str
    why: str


class CallRefused(NamedTuple):
    """An attempt that did not go out; `why`: "breaker" or "limiter"."""

    service: str
    rpc: str
    why: str


class BreakerTurned(NamedTuple):
    """A method counts as ill from now on ("open"), is tried ("trial"), or well again ("closed")."""

    service: str
    rpc: str
    state: str


class ReplicaTurned(NamedTuple):
    """One of a service's addresses gets calls or does not: it was "added" or "removed" by the name
    or the settings, "ejected" because its calls fail, "readmitted" because they do not any more.
    """

    target: str
    address: str
    state: str


class RequestFinished(NamedTuple):
    """One HTTP request. `route` is the template, never the raw path ("" if none matched). Who asked
    is `subject`, as `issuer` calls them: two issuers may give out one name.
    """

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
    issuer: str = ""


class RateLimited(NamedTuple):
    """A request was refused because this quota is used up."""

    quota: str
    endpoint: str


class StoreTurned(NamedTuple):
    """The store that processes share is "lost" to one use of it ("cache", "sessions", "sign-ins",
    "idempotency", "limits"), which goes on without or refuses, or "found" again. `why`: one phrase,
    "" when it is found.
    """

    use: str
    state: str
    why: str = ""


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


class TokenMistimed(NamedTuple):
    """A bearer token was refused for its times alone: "early", by a clock that is wrong, ours or
    the issuer's; or "late", as every token is one day.

    off_s  how far our clock is from the nearest moment at which it is good
    loud   the first early one of an issuer in a minute
    """

    issuer: str
    state: str
    off_s: float
    loud: bool = False


class SessionTurned(NamedTuple):
    """Somebody's session, or the way to one: "begun", "renewed", "renewal-refused", "ended" (by its
    user), "ended-elsewhere" (by the provider), "login-failed", "logout-refused"; or
    "provider-failed". `detail` says why, for logs: never a token or an id.
    """

    state: str
    detail: str = ""


class Lifecycle(NamedTuple):
    """The process changed state: "started", "draining", "stopped", "unguarded" where its server
    leaves the protection of connections to a proxy in front; in development "reloaded" or
    "reload-failed", with the reason. Of several workers it tells "worker-started", "worker-ready",
    "worker-died", "worker-replaced" and "worker-stopped".
    """

    state: str
    detail: str = ""


class Pressed(NamedTuple):
    """This process is pressed for time or memory, or is not any more.

    lag_s    how late the event loop was
    memory   the share of its limit that is in use, 0.0 where it has none
    pressure  1: what can wait is refused; 2: all that is not critical
    refuses  whether all requests are refused, for want of memory
    """

    lag_s: float
    memory: float
    pressure: int = 0
    refuses: bool = False


Event = (
    CallFinished
    | CallRepeated
    | CallRefused
    | BreakerTurned
    | ReplicaTurned
    | CacheAsked
    | RequestFinished
    | RateLimited
    | StoreTurned
    | Crashed
    | KeysRefreshed
    | TokenMistimed
    | SessionTurned
    | Lifecycle
    | Pressed
)
Emit = Callable[[Event], None]


def silence(event: Event) -> None:
    """An Emit that nobody listens to."""

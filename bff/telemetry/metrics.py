"""Count and time what happened, for Prometheus.

Why       A label that a client can invent is a memory leak with a dashboard: 10,000 random paths
          must give one series. So labels are names that we declared; the rest is "other".
Called by telemetry/tell, for every event; edge serves `render()` on the admin port.
Never     touches prometheus_client's global registry: two BFFs in one process don't mix.
Source    Prometheus naming; docs/spec/threats.md "logs, traces".
"""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, generate_latest

from bff.telemetry.series import OTHER, Counts, Timings
from bff.terms.events import (
    BreakerTurned,
    CacheAsked,
    CallFinished,
    CallRefused,
    CallRepeated,
    Crashed,
    Event,
    KeysRefreshed,
    RateLimited,
    ReplicaTurned,
    RequestFinished,
    SessionTurned,
    StoreTurned,
    TokenMistimed,
)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
UNMATCHED = "unmatched"

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """Listens to events; `render()` is the scrape."""

    def __init__(self, *, release: str = "") -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = self._counts(
            "bff_requests", "HTTP requests answered", "endpoint", "method", "status"
        )
        self._request_seconds = self._timings(
            "bff_request_seconds", "HTTP requests, first byte in to last byte out", "endpoint"
        )
        self._rpcs = self._counts("bff_rpc", "Calls to services", "service", "rpc", "code")
        self._rpc_seconds = self._timings("bff_rpc_seconds", "Calls to services", "service", "rpc")
        self._repeats = self._counts(
            "bff_rpc_repeats", "Further attempts at a call", "service", "rpc", "why"
        )
        self._refused = self._counts(
            "bff_rpc_refused", "Attempts that did not go out", "service", "rpc", "why"
        )
        self._breakers = self._counts(
            "bff_breaker_turns", "Breakers that changed state", "service", "rpc", "state"
        )
        self._replicas = self._counts(
            "bff_replica_turns", "Addresses that came, left or were ejected", "target", "state"
        )
        self._cache = self._counts("bff_cache", "What could be remembered or shared", "what", "how")
        self._gaps = self._counts("bff_gaps", "Soft parts that failed in an answer", "endpoint")
        self._limited = self._counts(
            "bff_rate_limited", "Requests that a quota refused", "quota", "endpoint"
        )
        self._crashes = self._counts("bff_crashes", "Exceptions that no rule foresaw")
        self._crashes.add(count=0)  # an alert on its rate needs the zero
        self._refreshes = self._counts(
            "bff_keys_refresh", "Reads of an issuer's key set", "issuer", "outcome"
        )
        self._mistimed = self._counts(
            "bff_tokens_mistimed", "Tokens refused for their times alone", "issuer", "state"
        )
        self._sessions = self._counts("bff_session_turns", "Sessions, and ways to one", "state")
        self._stores = self._counts(
            "bff_store_turns", "Uses of the shared store that lost or found it", "use", "state"
        )
        self._build_info(release or _installed_release())

    def __repr__(self) -> str:
        return f"<Metrics: requests {self._requests}, rpcs {self._rpcs}>"

    def listen(self, event: Event) -> None:
        if isinstance(event, CallFinished):
            self._call(event)
        elif isinstance(event, RequestFinished):
            self._request(event)
        elif isinstance(event, CallRepeated):
            self._repeats.add(event.service, event.rpc, event.why)
        elif isinstance(event, CallRefused):
            self._refused.add(event.service, event.rpc, event.why)
        elif isinstance(event, BreakerTurned):
            self._breakers.add(event.service, event.rpc, event.state)
        elif isinstance(event, ReplicaTurned):
            self._replicas.add(event.target, event.state)
        elif isinstance(event, CacheAsked):
            self._cache.add(event.what, event.how)
        else:
            self._more_rarely(event)

    def _more_rarely(self, event: Event) -> None:
        if isinstance(event, RateLimited):
            self._limited.add(event.quota, event.endpoint)
        elif isinstance(event, Crashed):
            self._crashes.add()
        elif isinstance(event, KeysRefreshed):
            self._refreshes.add(event.issuer, "failed" if event.error else "ok")
        elif isinstance(event, TokenMistimed):
            self._mistimed.add(event.issuer, event.state)
        elif isinstance(event, SessionTurned):
            self._sessions.add(event.state)
        elif isinstance(event, StoreTurned):
            self._stores.add(event.use, event.state)

    def watch(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """A gauge that is read at each scrape."""
        Gauge(name, help_text, registry=self._registry).set_function(read)

    def render(self) -> bytes:
        """Prometheus text format 0.0.4; see CONTENT_TYPE."""
        return generate_latest(self._registry)

    def _call(self, event: CallFinished) -> None:
        self._rpcs.add(event.service, event.rpc, event.code)
        self._rpc_seconds.add(event.elapsed_s, event.service, event.rpc)

    def _request(self, event: RequestFinished) -> None:
        endpoint = event.endpoint or UNMATCHED
        method = event.method if event.method in _METHODS else OTHER
        self._requests.add(endpoint, method, event.status)
        self._request_seconds.add(event.elapsed_s, endpoint)
        if event.gaps:
            self._gaps.add(endpoint, count=event.gaps)

    def _counts(self, name: str, help_text: str, *labels: str) -> Counts:
        made = Counts(name, help_text, *labels)
        self._registry.register(made)
        return made

    def _timings(self, name: str, help_text: str, *labels: str) -> Timings:
        made = Timings(name, help_text, *labels, ends_s=_BUCKETS_S)
        self._registry.register(made)
        return made

    def _build_info(self, release: str) -> None:
        info = Gauge("bff_build_info", "Always 1", ("version", "python"), registry=self._registry)
        info.labels(release, python_version()).set(1)


def _installed_release() -> str:
    try:
        return version("grpc-bff")
    except PackageNotFoundError:
        return "unknown"

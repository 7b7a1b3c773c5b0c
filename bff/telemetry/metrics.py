"""Count and time what happened, for Prometheus.

Why       A label that a client can invent is a memory leak with a dashboard: 10,000 random paths
          must give one series. So labels are names that we declared; the rest is "other".
Called by telemetry/tell, for every event; edge serves `render()` on the admin port.
Never     touches prometheus_client's global registry: two BFFs in one process don't mix.
Source    Prometheus naming; docs/spec/threats.md "logs, traces".
"""

from importlib.metadata import PackageNotFoundError, version
from platform import python_version
from typing import Generic, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.metrics import MetricWrapperBase

from bff.terms.codes import Code
from bff.terms.events import CallFinished, Crashed, Event, KeysRefreshed, RequestFinished

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MAX_SERIES = 4_096
UNMATCHED = "unmatched"
OTHER = "other"

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

MetricT = TypeVar("MetricT", bound=MetricWrapperBase)


class Children(Generic[MetricT]):
    """A metric's children by label values, bound once each; past `most` all new ones are one."""

    def __init__(self, metric: MetricT, *, most: int = MAX_SERIES) -> None:
        self._metric = metric
        self._most = most
        self._children: dict[tuple[str, ...], MetricT] = {}

    def __repr__(self) -> str:
        return f"<Children {len(self._children)} of {self._most}>"

    def of(self, *labels: str) -> MetricT:
        child = self._children.get(labels)
        if child is None:
            child = self._bind(labels)
        return child

    def _bind(self, labels: tuple[str, ...]) -> MetricT:
        if len(self._children) >= self._most:
            return self._metric.labels(*(OTHER for _ in labels))
        child = self._children[labels] = self._metric.labels(*labels)
        return child


class Metrics:
    """Listens to events; `render()` is the scrape."""

    def __init__(self, *, release: str = "") -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        counter, histogram = self._counter, self._histogram
        self._requests = counter(
            "bff_requests", "HTTP requests answered", "endpoint", "method", "status"
        )
        self._request_seconds = histogram(
            "bff_request_seconds", "HTTP requests, first byte in to last byte out", "endpoint"
        )
        self._rpcs = counter("bff_rpc", "Calls to services", "service", "rpc", "code")
        self._rpc_seconds = histogram("bff_rpc_seconds", "Calls to services", "service", "rpc")
        self._gaps = counter("bff_gaps", "Soft parts that failed in an answer", "endpoint")
        self._crashes = Counter(
            "bff_crashes", "Exceptions that no rule foresaw", registry=self._registry
        )
        self._refreshes = counter(
            "bff_keys_refresh", "Reads of an issuer's key set", "issuer", "outcome"
        )
        self._build_info(release or _installed_release())

    def __repr__(self) -> str:
        return f"<Metrics: requests {self._requests}, rpcs {self._rpcs}>"

    def listen(self, event: Event) -> None:
        match event:
            case CallFinished():
                self._call(event)
            case RequestFinished():
                self._request(event)
            case Crashed():
                self._crashes.inc()
            case KeysRefreshed():
                self._refreshes.of(event.issuer, "failed" if event.error else "ok").inc()

    def render(self) -> bytes:
        """Prometheus text format 0.0.4; see CONTENT_TYPE."""
        return generate_latest(self._registry)

    def _call(self, event: CallFinished) -> None:
        self._rpcs.of(event.service, event.rpc, Code(event.code).name).inc()
        self._rpc_seconds.of(event.service, event.rpc).observe(event.elapsed_s)

    def _request(self, event: RequestFinished) -> None:
        endpoint = event.endpoint or UNMATCHED
        method = event.method if event.method in _METHODS else OTHER
        self._requests.of(endpoint, method, str(event.status)).inc()
        self._request_seconds.of(endpoint).observe(event.elapsed_s)
        if event.gaps:
            self._gaps.of(endpoint).inc(event.gaps)

    def _counter(self, name: str, help_text: str, *labels: str) -> Children[Counter]:
        return Children(Counter(name, help_text, labels, registry=self._registry))

    def _histogram(self, name: str, help_text: str, *labels: str) -> Children[Histogram]:
        return Children(
            Histogram(name, help_text, labels, registry=self._registry, buckets=_BUCKETS_S)
        )

    def _build_info(self, release: str) -> None:
        info = Gauge("bff_build_info", "Always 1", ("version", "python"), registry=self._registry)
        info.labels(release, python_version()).set(1)


def _installed_release() -> str:
    try:
        return version("grpc-bff")
    except PackageNotFoundError:
        return "unknown"

"""/livez and /readyz: is this process alive, and may traffic come?

Why       A service that is ill is ill for every server: if each said no, a load balancer would
          have nobody left, and a rollout would never end. So illness is told ("degraded"), and
          only the server's own state makes it unready.
Called by app (mounts it on the public and the admin port).
Never     shows an address: only the services' names and one or two words.
Source    Kubernetes liveness and readiness probes; docs/spec/transcoding.md HT10.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bff.contract.status import PROBLEMS
from bff.terms.process import Process

Ailments = Callable[[], Awaitable[Mapping[str, str]]]
"""Name of what is needed -> "" when it is well, else why not."""
Remarks = Callable[[], Mapping[str, str]]
"""Name of what is of use -> how it is; a server that begins doesn't wait for it."""


def health(
    ailments: Ailments, remarks: Remarks = dict, *, process: Process
) -> tuple[BaseRoute, ...]:
    """The two probes. All three are asked at each /readyz."""

    async def livez(_request: Request) -> JSONResponse:
        return _uncached(200, {"status": "ok"})

    async def readyz(_request: Request) -> JSONResponse:
        found = await ailments()
        unready = process.unready(well=not any(found.values()))
        told = {**found, "process": unready}
        checks = {**{name: ailment or "ok" for name, ailment in told.items()}, **remarks()}
        status = PROBLEMS["unavailable"].status if unready else 200
        return _uncached(status, {"status": verdict(unready, checks), "checks": checks})

    return (Route("/livez", livez), Route("/readyz", readyz))


def verdict(unready: str, checks: Mapping[str, str]) -> str:
    """One or two words for all.

    >>> verdict("", {"a.A": "ok"}), verdict("", {"a.A": "unreachable"}), verdict("starting", {})
    ('ok', 'degraded', 'not ready')
    """
    if unready:
        return "not ready"
    return "ok" if all(one == "ok" for one in checks.values()) else "degraded"


def _uncached(status: int, content: Mapping[str, object]) -> JSONResponse:
    return JSONResponse(dict(content), status, headers={"cache-control": "no-store"})

"""/livez and /readyz: is this process alive, and may traffic come?

Called by app (mounts it on the public and the admin port).
Never     shows an address: only the services' names and one or two words.
Source    Kubernetes liveness and readiness probes; docs/spec/transcoding.md HT10.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bff.contract.reply.status import PROBLEMS

Ailments = Callable[[], Awaitable[Mapping[str, str]]]
"""Name of what is needed -> "" when it is well, else why not."""
Remarks = Callable[[], Mapping[str, str]]
"""Name of what is of use -> how it is; nothing of it makes a server unready."""


def health(ailments: Ailments, remarks: Remarks = dict) -> tuple[BaseRoute, ...]:
    """The two probes. `ailments` and `remarks` are asked at each /readyz."""

    async def livez(_request: Request) -> JSONResponse:
        return _uncached(200, {"status": "ok"})

    async def readyz(_request: Request) -> JSONResponse:
        found = await ailments()
        ready = not any(found.values())
        status = 200 if ready else PROBLEMS["unavailable"].status
        checks = {**{name: ailment or "ok" for name, ailment in found.items()}, **remarks()}
        return _uncached(status, {"status": "ok" if ready else "not ready", "checks": checks})

    return (Route("/livez", livez), Route("/readyz", readyz))


def _uncached(status: int, content: Mapping[str, object]) -> JSONResponse:
    return JSONResponse(dict(content), status, headers={"cache-control": "no-store"})

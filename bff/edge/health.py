"""/livez and /readyz: is this process alive, and may traffic come?

Called by app (mounts it on the public and the admin port).
Never     shows an address: only the services' names and one or two words.
Source    Kubernetes liveness and readiness probes; docs/spec/transcoding.md HT10.
"""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from bff.contract.status import PROBLEMS

Ailments = Callable[[], Awaitable[Mapping[str, str]]]
"""Name of what is needed -> "" when it is well, else why not."""


def health(ailments: Ailments) -> APIRouter:
    """The two probes. `ailments` is asked at each /readyz."""
    router = APIRouter()

    @router.get("/livez", include_in_schema=False)
    async def livez() -> JSONResponse:
        return _uncached(200, {"status": "ok"})

    @router.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        found = await ailments()
        ready = not any(found.values())
        status = 200 if ready else PROBLEMS["unavailable"].status
        checks = {name: ailment or "ok" for name, ailment in found.items()}
        return _uncached(status, {"status": "ok" if ready else "not ready", "checks": checks})

    return router


def _uncached(status: int, content: Mapping[str, object]) -> JSONResponse:
    return JSONResponse(dict(content), status, headers={"cache-control": "no-store"})

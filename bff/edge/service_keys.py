"""/bff/service-keys.json: the public keys with which services check what this BFF tells them.

Called by app (mounts it on the public and the admin port, where services are told by such tokens).
Never     has anything of a private key.
Source    RFC 7517 section 8.5 (application/jwk-set+json).
"""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

PATH = "/bff/service-keys.json"
_HEADERS: Mapping[str, str] = MappingProxyType(
    {"cache-control": "public, max-age=300", "x-content-type-options": "nosniff"}
)


def service_keys(document: bytes) -> tuple[BaseRoute, ...]:
    """The route. `document`: a JWK Set; b"" where there are no keys, and no route."""

    async def keys(_request: Request) -> Response:
        return Response(document, media_type="application/jwk-set+json", headers=_HEADERS)

    return (Route(PATH, keys),) if document else ()

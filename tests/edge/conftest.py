"""A front door over endpoints that are written in the test."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import httpx
import pytest
from starlette.routing import BaseRoute

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Answer, Ask, Endpoint
from bff.contract.routes.path_template import PathTemplate
from bff.edge.front import Front, Gate
from bff.edge.shell import shell
from bff.guard.presented import Presented
from bff.terms.access import PUBLIC, access_of
from bff.terms.context import Identity, RequestContext
from bff.terms.errors import Refused
from bff.terms.events import Event


async def echo(context: RequestContext, ask: Ask) -> Answer:
    return Answer(body=b'{"values":"%s"}' % ",".join(ask.values).encode() + ask.body)


def an_endpoint(path: str, method: str = "GET", **changed: object) -> Endpoint:
    plain = Endpoint(
        name=f"{method} {path}",
        method=method,
        template=PathTemplate.parse(path),
        client="api",
        access=PUBLIC,
        deadline_s=2.0,
        max_body_bytes=100,
        summary="",
        description="",
        deprecated=False,
        tags=(),
        declared_at="here",
        parameters=(),
        body=None,
        body_required=False,
        answer={},
        success_status=200,
        components={},
        calls=(),
        soft=False,
        run=echo,
    )
    if isinstance(said := changed.get("access"), str):
        changed["access"] = access_of(said, where="here")
    return replace(plain, **changed)  # type: ignore[arg-type]


Client = Callable[..., httpx.AsyncClient]


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
async def client_of(told: list[Event]) -> AsyncIterator[Client]:
    """client_of(endpoint, ..., routes=()): an HTTP client of a front door over these."""
    clients: list[httpx.AsyncClient] = []

    def make(*endpoints: Endpoint, routes: tuple[BaseRoute, ...] = ()) -> httpx.AsyncClient:
        front = Front(
            Blueprint(endpoints, title="test", version="1"),
            shell=shell(routes),
            gate=Gate(admit=_admit, challenge=lambda refused: "Bearer"),
            emit=told.append,
        )
        transport = httpx.ASGITransport(app=front, raise_app_exceptions=False)  # type: ignore[arg-type]
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://bff.test"))
        return clients[-1]

    yield make
    for client in clients:
        await client.aclose()


async def _admit(context: RequestContext, endpoint: Endpoint, shown: Presented) -> RequestContext:
    authorizations = shown.authorizations
    if not endpoint.access.is_public and not authorizations:
        raise Refused("Sign in first.")
    return context._replace(identity=Identity(subject="".join(authorizations)))

"""docs/spec/threats.md "SSRF": whatever is asked, we connect to the services and nowhere else.

Python itself tells of every connection and every name that is looked up (PEP 578).
"""

import sys
from collections.abc import AsyncIterator, Iterator
from time import time

import httpx
import pytest

from fake_services.tokens import AUDIENCE, ISSUER
from tests.guard.forge import token
from tests.journeys.conftest import Demo
from tests.journeys.test_canaries import every_get

pytestmark = pytest.mark.asyncio(loop_scope="module")
EVIL = "evil.example"
URLS = (f"http://{EVIL}/x", f"//{EVIL}/x", f"https://{EVIL}:443", "http://169.254.169.254/latest")


class Ear:
    """What was connected to or looked up, while it listens. A hook can't be taken away again."""

    def __init__(self) -> None:
        self.on = False
        self.places: set[str] = set()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.on:
            return
        if event == "socket.connect":
            host, port = arguments[1][:2]  # type: ignore[index]
            self.places.add(f"{host}:{port}")
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            self.places.add(str(arguments[0]))


@pytest.fixture(scope="module")
def one_ear() -> Ear:
    return Ear()


@pytest.fixture
def ear(one_ear: Ear, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    for name in ("http_proxy", "https_proxy", "grpc_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://{EVIL}:3128")
        monkeypatch.setenv(name.upper(), f"http://{EVIL}:3128")
    one_ear.places.clear()
    one_ear.on = True
    yield one_ear
    one_ear.on = False


async def attacks(demo: Demo) -> AsyncIterator[httpx.Response]:
    """Addresses wherever a client can write one."""
    by = demo.bearer("ada")
    for url in URLS:
        yield await demo.public.get(f"/v1/products/{url.replace('/', '%2F')}", headers=by)
        yield await demo.public.get("/web/v1/dashboard", params={"url": url}, headers=by)
        yield await demo.public.get("/bff/login", params={"returnUrl": url})
        batch = {"requests": [{"method": "GET", "path": url}]}
        yield await demo.public.post("/v1/batch", json=batch, headers=by)
        yield await demo.public.post("/v1/todos", json={"title": url}, headers=by)
        for header in ({"jku": url}, {"x5u": url}, {"kid": url}):
            claims = {"iss": ISSUER, "aud": AUDIENCE, "iat": time(), "exp": time() + 60}
            sent = {"authorization": f"Bearer {token(header=header, claims=claims)}"}
            yield await demo.public.get("/v1/todos/t-1", headers=sent)
    forwarded = {"host": EVIL, "x-forwarded-host": EVIL, "forwarded": f"host={EVIL}"}
    yield await demo.public.get("/web/v1/dashboard", headers={**by, **forwarded})


async def test_we_connect_to_the_listed_services_and_look_up_nothing(demo: Demo, ear: Ear):
    asked = await every_get(demo)
    answers = [one.status_code async for one in attacks(demo)]
    assert {200, 400, 401, 404} <= set(answers)
    assert not any(300 <= one < 400 for one in answers)
    listed = set(demo.services.addresses.values())
    hosts = {one.rpartition(":")[0] for one in listed}
    assert (set(), True) == (ear.places - listed - hosts, bool(ear.places & listed)), len(asked)

"""What the demo's services are told of who calls, when they are not told by the client's own token.

Each service gets exactly what is listed here: a header that a client makes up is nowhere in it.
"""

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import httpx
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bff.app import Bff
from bff.guard.services.options import SigningOptions
from bff.guard.tokens.issuer import IssuerOptions
from bff.guard.tokens.jwks import parse_keys, pick
from bff.guard.tokens.jwt import examine, prove
from tests.guard.forge import ec_key
from tests.journeys.conftest import Demo, another_bff

pytestmark = pytest.mark.asyncio(loop_scope="module")

TODOS = "todos.v1.TodoService"
US = "https://bff.demo.test"
FORGED = {
    "x-user-id": "bob",
    "x_user_id": "bob",
    "grpc-metadata-x-user-id": "bob",
    "grpc-metadata-authorization": "Bearer forged",
    "x-forwarded-user": "bob",
    "x-forwarded-for": "6.6.6.6",
    "x-envoy-original-path": "/admin",
    "authorization-bin": "Zm9yZ2Vk",
    "x-bff-identity": "bob",
    "x-request-id": "journey-7",
    "accept-language": "de",
}
EVERYBODY = {
    "x-request-id": "journey-7",
    "accept-language": "de",
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-host": "t",
    "x-forwarded-proto": "http",
}
"""What a service is told of every request: the last three are of the connection, as we see it."""
NOT_OURS = {"user-agent", "grpc-accept-encoding", "accept-encoding"}
"""What every gRPC client sends."""


@dataclass(frozen=True, slots=True)
class Signing:
    """The demo, with services that are told by tokens of the BFF's own."""

    demo: Demo
    bff: Bff
    client: httpx.AsyncClient

    async def told(self, path: str, *, by: str = "") -> list[Mapping[str, str | bytes]]:
        """The metadata of each call that came of one request."""
        self.demo.services.record.clear()
        bearer = self.demo.bearer(by) if by else {}
        answer = await self.client.get(path, headers={**FORGED, **bearer})
        assert 200 == answer.status_code, answer.text
        return [
            {name: value for name, value in one.metadata if name not in NOT_OURS}
            for one in self.demo.services.record.calls
        ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def signing(
    whole_demo: Demo, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Signing]:
    key = tmp_path_factory.mktemp("keys") / "key.pem"
    key.write_bytes(ec_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    change = partial(
        replace,
        identity={"*": "signed", "shop.catalog.v1.CatalogService": "none"},
        signing=SigningOptions(issuer=US, keys=(str(key),)),
    )
    async with another_bff(whole_demo, change) as (bff, client):
        yield Signing(whole_demo, bff, client)


async def subject_told(signing: Signing, token: str, service: str) -> str:
    """Whom a service believes to see, which has nothing but the published keys."""
    document = (await signing.client.get("/bff/service-keys.json")).content
    options = IssuerOptions(issuer=US, audience=service, algorithms=("ES256",), keys="x")
    examined = examine(token, issuers={US: options}, now_s=time.time())
    key = pick(parse_keys(document, ("ES256",)), examined.key_name)
    assert key is not None
    return prove(examined, key).identity.subject


async def test_row_106_a_service_is_told_exactly_this_and_nothing_that_a_client_made_up(signing):
    [metadata] = await signing.told("/v1/todos/t-1", by="ada")
    token = str(metadata["authorization"])
    assert {**EVERYBODY, "authorization": token} == metadata
    token = token.removeprefix("Bearer ")
    assert "ada" == await subject_told(signing, token, TODOS)


async def test_the_clients_own_token_reaches_no_service(signing):
    for path in ("/mobile/v1/dashboard", "/web/v1/products/p-1"):
        told = await signing.told(path, by="ada")
        assert 1 < len(told)
        own = signing.demo.bearer("ada")["authorization"]
        assert not any(own in map(str, one.values()) for one in told)


async def test_each_service_gets_a_token_that_is_for_no_other(signing):
    await signing.told("/mobile/v1/dashboard", by="ada")
    calls = [one for one in signing.demo.services.record.calls if "Catalog" not in one.method]
    for call in calls:
        service = call.method.partition("/")[0]
        token = str(dict(call.metadata)["authorization"]).removeprefix("Bearer ")
        assert "ada" == await subject_told(signing, token, service)
    assert 1 < len({one.method.partition("/")[0] for one in calls})


async def test_two_callers_are_told_apart(signing):
    tokens = [
        (await signing.told("/v1/todos/t-1", by=by))[0]["authorization"] for by in ("ada", "bob")
    ]
    texts = [str(one).removeprefix("Bearer ") for one in tokens]
    assert ["ada", "bob"] == [await subject_told(signing, one, TODOS) for one in texts]


async def test_a_service_that_is_told_nothing_and_a_caller_whom_nobody_knows(signing):
    told = [
        *await signing.told("/v1/products/p-1", by="ada"),
        *await signing.told("/v1/products/p-1"),
        *await signing.told("/public/v1/links"),
    ]
    assert 3 == len(told)
    assert [EVERYBODY] * 3 == told


async def test_a_token_for_services_does_not_open_the_front_door(signing):
    [metadata] = await signing.told("/v1/todos/t-1", by="ada")
    sent = {"authorization": str(metadata["authorization"])}
    assert 401 == (await signing.client.get("/v1/todos/t-1", headers=sent)).status_code

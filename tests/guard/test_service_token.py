"""What a service is told by a token of ours: for how long it is good, and how often made."""

from base64 import urlsafe_b64decode
from dataclasses import replace
from typing import Any

import orjson
import pytest

from bff.guard.services import signed
from bff.guard.services.signed import NoCredentials, SignedToken
from bff.guard.services.signing_keys import signing_key
from bff.terms.context import NOBODY, Identity, Metadata, RequestContext
from bff.terms.deadline import Deadline
from tests.guard.forge import NOW_S, ec_key

SHOP = "shop.orders.v1.OrderService"
ADA = Identity("ada", "https://login.example", frozenset({"b", "a"}), frozenset({"admin"}))
BOB = Identity("bob", "https://login.example")
CAME: Metadata = (
    ("x-request-id", "r-1"),
    ("authorization", "Bearer of-the-client"),
    ("accept-language", "de"),
)


class World:
    """A token's clocks and names."""

    def __init__(self) -> None:
        self.clock_s = 1_000.0
        self.wall_s = float(NOW_S)
        self.made = 0

    def token(self, service: str = SHOP, lifetime_s: float = 60.0) -> SignedToken:
        return SignedToken(
            service,
            signing_key(ec_key()),
            issuer="https://bff.example",
            lifetime_s=lifetime_s,
            clock=lambda: self.clock_s,
            wall=lambda: self.wall_s,
            name=self.name,
        )

    def name(self) -> str:
        self.made += 1
        return f"t-{self.made}"


def context(identity: Identity = ADA, metadata: Metadata = CAME) -> RequestContext:
    return RequestContext("r-1", Deadline(1e12), identity, metadata=metadata)


def claims(metadata: Metadata) -> dict[str, Any]:
    [token] = [str(value) for name, value in metadata if name == "authorization"]
    part = token.removeprefix("Bearer ").split(".")[1]
    return dict(orjson.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def test_a_service_is_told_who_calls_for_a_minute() -> None:
    assert {
        "iss": "https://bff.example",
        "aud": SHOP,
        "sub": "ada",
        "idp": "https://login.example",
        "iat": NOW_S,
        "exp": NOW_S + 60,
        "jti": "t-1",
        "scope": "a b",
        "roles": ["admin"],
    } == claims(World().token().metadata(context()))


def test_who_has_no_scopes_and_no_roles_has_no_claims_of_them() -> None:
    told = claims(World().token().metadata(context(BOB)))
    assert {"iss", "aud", "sub", "idp", "iat", "exp", "jti"} == told.keys()


def test_our_token_takes_the_place_of_whatever_the_client_sent() -> None:
    twice = (*CAME, ("authorization", "Bearer second"))
    told = World().token().metadata(context(metadata=twice))
    assert ["x-request-id", "accept-language", "authorization"] == [name for name, _ in told]
    assert "of-the-client" not in str(told)


def test_of_nobody_nothing_is_said() -> None:
    told = World().token().metadata(context(NOBODY))
    assert (("x-request-id", "r-1"), ("accept-language", "de")) == told


def test_a_callers_token_is_made_once_in_half_of_its_life() -> None:
    world = World()
    token = world.token()
    first = token.metadata(context())
    world.clock_s += 29.9
    assert first == token.metadata(context())
    world.clock_s += 0.1
    world.wall_s += 30
    later = token.metadata(context())
    assert (2, NOW_S + 90) == (world.made, claims(later)["exp"])


def test_a_jump_of_the_wall_clock_makes_no_token_anew() -> None:
    """F21."""
    world = World()
    token = world.token()
    first = token.metadata(context())
    for jump_s in (3_600, -7_200):
        world.wall_s += jump_s
        assert first == token.metadata(context())


@pytest.mark.parametrize(
    "other",
    [
        BOB,
        replace(ADA, issuer="https://other.example"),
        replace(ADA, scopes=frozenset({"a"})),
        replace(ADA, roles=frozenset()),
    ],
)
def test_no_two_callers_have_one_token(other: Identity) -> None:
    token = World().token()
    assert token.metadata(context()) != token.metadata(context(other))
    assert other.subject == claims(token.metadata(context(other)))["sub"]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed, "MOST_REMEMBERED", 2)
    world = World()
    token = world.token()
    for name in ("a", "b", "c", "b", "c"):
        token.metadata(context(Identity(name)))
    assert (3, f"<SignedToken for {SHOP}, 2 callers>") == (world.made, repr(token))


def test_a_service_that_is_told_nothing_gets_no_credentials() -> None:
    told = NoCredentials().metadata(context())
    assert (("x-request-id", "r-1"), ("accept-language", "de")) == told

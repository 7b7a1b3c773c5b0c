"""Rows 86-93: whoever is not proven to be somebody is nobody, over a real socket.

Every single change to a good token is refused in tests/guard; here is each row's own, signed with
the demo's key, so that nothing but the change is wrong with it.
"""

import hashlib
import hmac
import json
import re
import time
from typing import Any

import pytest

from fake_services.tokens import AUDIENCE, ISSUER
from tests.bad_input.raw import get
from tests.guard.forge import DROP, encoded, rsa_key, signed

pytestmark = pytest.mark.asyncio(loop_scope="module")

TODO = "/v1/todos/t-1"
HOUR_S = 3_600
HEADERS: dict[str, dict[str, object]] = {
    "row_88_none": {"alg": "none"},
    "row_88_none_in_another_case": {"alg": "NoNe"},
    "row_88_another_key_kind": {"alg": "RS256"},
    "row_91_logout_token": {"typ": "logout+jwt"},
    "row_91_id_token": {"typ": "id_token"},
    "row_92_jku": {"jku": "https://evil.example/keys"},
    "row_92_jwk": {"jwk": {"kty": "EC"}},
    "row_92_x5u": {"x5u": "https://evil.example/cert"},
    "row_92_kid_path": {"kid": "../../dev/null"},
    "row_92_kid_sql": {"kid": "x' UNION SELECT 'a"},
    "row_92_kid_10_kib": {"kid": "k" * 10_240},
    "row_92_kid_unknown": {"kid": "three"},
    "row_93_crit": {"crit": ["x"], "x": 1},
    "row_93_nested": {"cty": "JWT"},
}
CLAIMS: dict[str, dict[str, object]] = {
    "row_89_no_exp": {"exp": DROP},
    "row_89_a_day_and_more": {"exp": "+90000"},
    "row_89_over": {"exp": "-120"},
    "row_89_not_before": {"nbf": "+120"},
    "row_89_issued_later": {"iat": "+120"},
    "row_90_no_audience": {"aud": DROP},
    "row_90_another_audience": {"aud": "other"},
    "row_90_issuer_with_a_space": {"iss": f"{ISSUER} "},
    "row_90_no_issuer": {"iss": DROP},
    "row_91_refresh_token": {"token_use": "refresh"},
    "row_91_nonce": {"nonce": "n"},
    "row_91_events": {"events": {}},
}


AWAY = re.compile(r"[+-]\d+")


def token_of(demo, header: dict[str, object], claims: dict[str, object]) -> str:
    """The demo's own token, with these changes; "+5" is five seconds from now."""
    now_s = int(time.time())
    good: dict[str, Any] = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": now_s - 10, "exp": now_s + HOUR_S
    }  # fmt: skip
    head: dict[str, Any] = {"alg": "ES256", "typ": "at+jwt", "kid": demo.keys.key_id}
    changed = [
        {name: _time(one, now_s) for name, one in {**given, **change}.items() if one is not DROP}
        for given, change in ((head, header), (good, claims))
    ]
    parts = [json.dumps(one).encode() for one in changed]
    return signed(*parts, key=demo.keys.private, algorithm="ES256")


def _time(value: object, now_s: int) -> object:
    return now_s + int(value) if isinstance(value, str) and AWAY.fullmatch(value) else value


async def ask(opened, *authorizations: str):
    lines = (f"Authorization: {one}" for one in authorizations)
    return await opened.door.ask(get(TODO, *lines))


async def nobody(opened, answer) -> None:
    assert (401, "unauthenticated") == (answer.status, answer.slug)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert [] == opened.demo.services.record.methods
    assert await opened.door.is_well()
    opened.demo.services.record.clear()


async def test_the_token_that_is_changed_below_is_good(opened):
    assert 200 == (await ask(opened, f"Bearer {token_of(opened.demo, {}, {})}")).status


@pytest.mark.parametrize("row", HEADERS)
async def test_another_header_is_a_401(opened, row):
    await nobody(opened, await ask(opened, f"Bearer {token_of(opened.demo, HEADERS[row], {})}"))


@pytest.mark.parametrize("row", CLAIMS)
async def test_another_claim_is_a_401(opened, row):
    await nobody(opened, await ask(opened, f"Bearer {token_of(opened.demo, {}, CLAIMS[row])}"))


async def test_row_89_an_exp_of_text_is_a_401(opened):
    late = str(int(time.time()) + HOUR_S)
    text = (
        token_of(opened.demo, {}, {"exp": [late]}),
        token_of(opened.demo, {}, {"exp": f" {late}"}),
    )
    for one in text:
        await nobody(opened, await ask(opened, f"Bearer {one}"))


SCHEMES = {
    "row_86_nothing": (),
    "row_86_empty": ("",),
    "row_86_bearer_empty": ("Bearer ",),
    "row_86_basic": ("Basic YWRhOnB3",),
    "row_86_two_tokens": ("Bearer a.b.c d.e.f",),
    "row_93_jwe": ("Bearer e30.e30.e30.e30.e30",),
    "row_93_long": ("Bearer " + "a" * 9_000,),
}


@pytest.mark.parametrize("row", SCHEMES)
async def test_what_is_no_credential_is_a_401(opened, row):
    await nobody(opened, await ask(opened, *SCHEMES[row]))


async def test_row_86_two_headers_are_a_400_even_if_one_is_good(opened):
    good = opened.demo.bearer("ada")["authorization"]
    for two in ((good, good), (good, "Bearer x"), ("Basic x", good)):
        answer = await ask(opened, *two)
        assert (400, "malformed-request") == (answer.status, answer.slug)
    assert [] == opened.demo.services.record.methods


async def test_row_88_the_public_key_is_no_secret(opened):
    """HS256, with what everybody may read as its key; and RS256 by a stranger."""
    now_s = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": now_s, "exp": now_s + HOUR_S}
    body = json.dumps(claims).encode()
    head = json.dumps({"alg": "HS256", "typ": "at+jwt", "kid": opened.demo.keys.key_id}).encode()
    text = f"{encoded(head)}.{encoded(body)}"
    mac = hmac.digest(opened.demo.keys.public_pem, text.encode(), hashlib.sha256)
    strange = signed(head.replace(b"HS", b"RS"), body, key=rsa_key(), algorithm="RS256")
    for token in (f"{text}.{encoded(mac)}", strange):
        await nobody(opened, await ask(opened, f"Bearer {token}"))


async def test_row_93_five_dots(opened):
    await nobody(opened, await ask(opened, f"Bearer {token_of(opened.demo, {}, {})}..."))

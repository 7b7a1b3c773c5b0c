"""What the provider signs: every claim that must hold, changed one by one."""

from base64 import urlsafe_b64encode
from hashlib import sha256, sha384
from typing import Any

import pytest

from bff.guard.provider.id_token import (
    LOGOUT_EVENT,
    Expected,
    Goodbye,
    NotForUs,
    judge_id_token,
    judge_logout_token,
    roles_in,
)
from bff.guard.tokens.compact import UntrustedToken

NOW_S = 1_750_000_000.0
EXPECTED = Expected(issuer="https://login.example", client_id="bff")
DROP = "(left out)"
CLAIMS = {
    "iss": "https://login.example",
    "aud": "bff",
    "sub": "ada",
    "iat": NOW_S - 10,
    "exp": NOW_S + 300,
}


def token(header: dict[str, Any], claims: dict[str, Any]) -> UntrustedToken:
    def without(given: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in given.items() if value is not DROP}

    head = without({"alg": "ES256", "typ": "JWT", "kid": "one", **header})
    return UntrustedToken(
        header=head, claims=without({**CLAIMS, **claims}), signed=b"", signature=b""
    )


def signed_in(*, nonce: str | None = "n", access: str = "access", **claims: Any) -> object:
    given = token(claims.pop("header", {}), {"nonce": "n", **claims})
    return judge_id_token(given, EXPECTED, nonce=nonce, access_token=access, now_s=NOW_S)


def test_a_good_id_token_gives_its_claims() -> None:
    assert {**CLAIMS, "nonce": "n"} == signed_in()


def half(digest: bytes) -> str:
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def test_it_may_be_bound_to_its_access_token_in_the_hash_of_its_algorithm() -> None:
    assert signed_in(at_hash=half(sha256(b"access").digest()))
    assert signed_in(at_hash=half(sha384(b"access").digest()), header={"alg": "ES384"})


def test_several_audiences_need_us_as_the_authorized_party() -> None:
    assert signed_in(aud=["bff", "other"], azp="bff")


def test_a_renewed_token_may_have_no_nonce_or_an_old_one() -> None:
    assert signed_in(nonce=None)
    assert judge_id_token(token({}, {}), EXPECTED, nonce=None, access_token="access", now_s=NOW_S)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://login.example/"},
        {"iss": DROP},
        {"aud": "other"},
        {"aud": DROP},
        {"aud": []},
        {"aud": ["bff", "other"]},
        {"aud": ["bff", "other"], "azp": "other"},
        {"azp": "other"},
        {"exp": NOW_S - 61},
        {"exp": DROP},
        {"exp": "2099"},
        {"exp": True},
        {"exp": float("inf")},
        {"iat": NOW_S + 61},
        {"iat": DROP},
        {"nonce": "of another sign-in"},
        {"nonce": DROP},
        {"events": {LOGOUT_EVENT: {}}},
        {"at_hash": half(sha256(b"another").digest())},
        {"at_hash": 1},
        {"sub": ""},
        {"sub": DROP},
        {"sub": "a" * 256},
        {"sub": "ada\n"},
        {"sub": " ada"},
        {"sub": "ädä"},
    ],
    ids=str,
)
def test_row_103_one_wrong_claim_signs_nobody_in(claims: dict[str, Any]) -> None:
    with pytest.raises(NotForUs):
        signed_in(**claims)


GOODBYE = {"jti": "j-1", "sid": "s-1", "events": {LOGOUT_EVENT: {}}}


def goodbye(**claims: Any) -> Goodbye:
    return judge_logout_token(token({}, {**GOODBYE, **claims}), EXPECTED, now_s=NOW_S)


def test_a_good_logout_token_says_whose_session_ended() -> None:
    assert Goodbye(subject="ada", provider_sid="s-1", name="j-1") == goodbye()
    assert Goodbye(subject="", provider_sid="s-1", name="j-1") == goodbye(sub=DROP)
    assert Goodbye(subject="ada", provider_sid="", name="j-1") == goodbye(sid=DROP)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "n"},
        {"events": DROP},
        {"events": {}},
        {"events": {LOGOUT_EVENT: True}},
        {"events": [LOGOUT_EVENT]},
        {"jti": DROP},
        {"jti": ""},
        {"jti": 7},
        {"sid": 7},
        {"sid": DROP, "sub": DROP},
        {"iat": NOW_S - 301},
        {"iat": DROP},
        {"exp": NOW_S - 61},
        {"exp": DROP},
        {"aud": "other"},
        {"iss": "https://evil.example"},
    ],
    ids=str,
)
def test_row_91_one_wrong_claim_ends_no_session(claims: dict[str, Any]) -> None:
    with pytest.raises(NotForUs):
        goodbye(**claims)


@pytest.mark.parametrize(
    ("roles", "claims"),
    [
        (("a", "b"), {"roles": ["b", "a", "b"]}),
        (("admin",), {"roles": "admin"}),
        ((), {}),
        ((), {"roles": [1]}),
        ((), {"roles": {"a": 1}}),
        ((), {"roles": None}),
    ],
)
def test_roles_are_a_list_of_names_or_none(roles: tuple[str, ...], claims: dict[str, Any]) -> None:
    assert roles == roles_in(claims, "roles")


def test_a_claim_with_dots_in_its_name_is_found_before_a_path() -> None:
    assert ("a",) == roles_in({"https://x.y/roles": ["a"]}, "https://x.y/roles")

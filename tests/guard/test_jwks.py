"""Which keys of a set are used, and which of them a token means."""

import json
from typing import Any

import pytest

from bff.guard.tokens.header import KeyName
from bff.guard.tokens.jwks import MAX_KEYS, UnusableKeys, parse_keys, pick
from tests.guard.forge import ec_key, ed25519_key, good_set, jwk, key_set, p384_key, rsa_key

BOTH = ("ES256", "RS256")
GOOD = jwk(ec_key(), kid="good")


def kids(body: bytes, algorithms: tuple[str, ...] = BOTH) -> list[str | None]:
    return [key.kid for key in parse_keys(body, algorithms)]


def test_the_keys_of_a_set_keep_their_order() -> None:
    assert ["one", "two"] == kids(good_set())


BAD: dict[str, Any] = {
    "for encryption": jwk(ec_key("b"), use="enc"),
    "not for verifying": jwk(ec_key("b"), key_ops=["sign"]),
    "operations not a list": jwk(ec_key("b"), key_ops="verify"),
    "symmetric": {"kty": "oct", "k": "c2VjcmV0", "kid": "b", "alg": "HS256"},
    "of a curve that is not pinned": jwk(p384_key()),
    "of an unknown kind": {"kty": "AKP", "kid": "b"},
    "without kind": {"kid": "b"},
    "kind not text": {"kty": ["EC"], "crv": "P-256"},
    "for another algorithm": jwk(ec_key("b"), alg="ES512"),
    "private": jwk(ec_key("b"), d="AAAA"),
    "kid not text": jwk(ec_key("b"), kid=7),
    "alg not text": jwk(ec_key("b"), alg=["ES256"]),
    "not on its curve": jwk(ec_key("b"), x="AAAA"),
    "not base64": jwk(ec_key("b"), x="!!!"),
    "half": {"kty": "EC", "crv": "P-256"},
    "number where text belongs": {"kty": "EC", "crv": "P-256", "x": 1, "y": 2},
    "RSA of exponent 0": {"kty": "RSA", "n": "AQAB", "e": "AA"},
    "RSA of 1024 bits": jwk(rsa_key(1024)),
    "not an object": "key",
    "null": None,
}


@pytest.mark.parametrize("entry", BAD.values(), ids=BAD)
def test_one_bad_key_does_not_spoil_the_others(entry: object) -> None:
    assert ["good"] == kids(key_set(entry, GOOD))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><title>Sign in</title>",
        b"[]",
        b"null",
        b"{}",
        b'{"keys":{}}',
        b'{"keys":[]}',
        b'{"keys":[1]}',
        b"\xff",
        b"[" * 100_000,
        json.dumps({"keys": [GOOD]}).encode()[:-1],
    ],
)
def test_f20_what_is_no_set_of_usable_keys_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(UnusableKeys):
        parse_keys(body, BOTH)


def test_only_the_first_entries_of_an_endless_set_are_looked_at() -> None:
    body = key_set(*[None] * MAX_KEYS, GOOD)
    with pytest.raises(UnusableKeys):
        parse_keys(body, BOTH)


def test_an_ed25519_key_serves_an_issuer_that_pinned_it() -> None:
    assert ["ed"] == kids(key_set(GOOD, jwk(ed25519_key(), kid="ed")), ("EdDSA",))


def test_row_92_a_token_means_the_key_of_its_kid_and_algorithm() -> None:
    keys = parse_keys(good_set(), BOTH)
    names = [KeyName(*name) for name in [("one", "ES256"), ("one", "RS256"), ("x", "ES256")]]
    found = [pick(keys, name) for name in names]
    assert ["one", None, None] == [key and key.kid for key in found]


def test_one_kid_may_name_a_key_of_each_kind() -> None:
    keys = parse_keys(key_set(jwk(ec_key(), kid="k"), jwk(rsa_key(), kid="k")), BOTH)
    found = pick(keys, KeyName("k", "RS256"))
    assert ("RSA", "") == (found and found.shape)


def test_a_key_without_kid_is_meant_when_it_is_the_only_one() -> None:
    one = parse_keys(key_set(jwk(ec_key()), jwk(rsa_key())), BOTH)
    two = parse_keys(key_set(jwk(ec_key()), jwk(ec_key("b"))), BOTH)
    found = [pick(keys, KeyName(kid, "ES256")) for keys in (one, two) for kid in (None, "any")]
    assert [True, True, False, False] == [key is not None for key in found]


def test_a_token_without_kid_means_no_key_when_two_would_fit() -> None:
    keys = parse_keys(key_set(GOOD, jwk(ec_key("b"), kid="b")), BOTH)
    assert pick(keys, KeyName(None, "ES256")) is None


def test_a_key_never_verifies_with_an_algorithm_that_does_not_fit_it() -> None:
    key = parse_keys(good_set(), BOTH)[1]
    said = [
        key.verifies(algorithm=name, signed=b"x", signature=b"x") for name in ("HS256", "none", "?")
    ]
    assert [False, False, False] == said


def test_a_repr_shows_no_key_material() -> None:
    assert GOOD["x"] not in repr(parse_keys(key_set(GOOD), BOTH))

"""Tokens that the demo accepts, forgeries, and keys that two processes agree on."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jwt
import pytest

from fake_services.cli import main
from fake_services.demo_keys import DemoKeys, demo_keys
from fake_services.tokens import AUDIENCE, ISSUER, TokenOptions, token


@pytest.fixture
def keys(tmp_path: Path) -> DemoKeys:
    return demo_keys(tmp_path / "keys")


def verified(text: str, keys: DemoKeys) -> dict[str, Any]:
    """The claims, checked with nothing but the public key set."""
    key_set = jwt.PyJWKSet.from_json(keys.jwks.read_text())
    key = key_set[jwt.get_unverified_header(text)["kid"]]
    return jwt.decode(text, key.key, algorithms=["ES256"], audience=AUDIENCE, issuer=ISSUER)


def test_a_token_verifies_with_the_public_keys(keys: DemoKeys) -> None:
    claims = verified(token("ada", keys), keys)

    assert ("ada", 12 * 3600) == (claims["sub"], claims["exp"] - claims["iat"])


def test_a_token_says_that_it_is_an_access_token(keys: DemoKeys) -> None:
    """RFC 9068."""
    assert "at+jwt" == jwt.get_unverified_header(token("ada", keys))["typ"]


def test_no_two_tokens_have_the_same_id(keys: DemoKeys) -> None:
    ids = {verified(token("ada", keys), keys)["jti"] for _ in range(2)}

    assert 2 == len(ids)


def test_a_scope_is_carried(keys: DemoKeys) -> None:
    assert "a b" == verified(token("ada", keys, TokenOptions(scope="a b")), keys)["scope"]


@pytest.mark.parametrize(
    "options,error",
    [
        (TokenOptions(expires_in_s=-5), jwt.ExpiredSignatureError),
        (TokenOptions(audience="other"), jwt.InvalidAudienceError),
        (TokenOptions(issuer="https://other.test"), jwt.InvalidIssuerError),
        (TokenOptions(algorithm="none"), jwt.InvalidAlgorithmError),
        (TokenOptions(algorithm="HS256"), jwt.InvalidAlgorithmError),
    ],
)
def test_a_bad_token_is_bad_in_one_way_only(
    keys: DemoKeys, options: TokenOptions, error: type[jwt.PyJWTError]
) -> None:
    with pytest.raises(error):
        verified(token("ada", keys, options), keys)


def test_an_expired_token_was_issued_before_it_expired(keys: DemoKeys) -> None:
    text = token("ada", keys, TokenOptions(expires_in_s=-5), now_s=lambda: 1000.0)
    claims = jwt.decode(text, options={"verify_signature": False})

    assert (994, 995) == (claims["iat"], claims["exp"])


def test_only_the_owner_may_read_the_private_key(keys: DemoKeys) -> None:
    assert 0o600 == (keys.jwks.parent / "private.pem").stat().st_mode & 0o777


def test_the_keys_cannot_be_committed_by_accident(keys: DemoKeys) -> None:
    """git passes over a folder that ignores everything in it, itself too."""
    assert "*\n" == (keys.jwks.parent / ".gitignore").read_text()


def test_the_public_key_set_holds_nothing_private(keys: DemoKeys) -> None:
    (key,) = json.loads(keys.jwks.read_text())["keys"]

    assert {"alg", "crv", "kid", "kty", "use", "x", "y"} == set(key)


def test_many_who_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: demo_keys(tmp_path / "keys").key_id, range(16)))

    assert 1 == len(set(made))
    assert [".gitignore", "jwks.json", "private.pem"] == sorted(
        p.name for p in (tmp_path / "keys").iterdir()
    )


def test_the_commands_print_the_key_set_and_a_token(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["keys", "--key-state", str(tmp_path)])
    main(["token", "bob", "--key-state", str(tmp_path), "--scope", "x"])
    path, text = capsys.readouterr().out.split()

    assert str(tmp_path / "jwks.json") == path
    assert "bob" == verified(text, demo_keys(tmp_path))["sub"]

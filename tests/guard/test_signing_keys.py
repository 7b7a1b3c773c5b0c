"""The BFF's own keys: what is published verifies what is signed, and nothing private leaks."""

from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from bff.guard.services.signing_keys import published, read_signing_key, signing_key
from bff.guard.tokens.issuer import IssuerOptions
from bff.guard.tokens.jwks import parse_keys, pick
from bff.guard.tokens.jwt import examine, prove
from bff.terms.mistakes import ContractMistake
from tests.guard.forge import NOW_S, ec_key, ed25519_key, p384_key, rsa_key

CLAIMS = {"iss": "bff", "aud": "shop", "sub": "ada", "iat": NOW_S, "exp": NOW_S + 60}
KINDS = pytest.mark.parametrize(
    ("private", "algorithm"), [(ec_key(), "ES256"), (ed25519_key(), "EdDSA")]
)
Private = EllipticCurvePrivateKey | Ed25519PrivateKey


def pem(private: Private, encryption: KeySerializationEncryption | None = None) -> bytes:
    form = PrivateFormat.PKCS8
    return private.private_bytes(Encoding.PEM, form, encryption or NoEncryption())


@KINDS
def test_whoever_has_the_published_set_can_check_a_token(private: Private, algorithm: str) -> None:
    """By our own verifier, which is as strict as any service's can be."""
    key = signing_key(private)
    options = IssuerOptions(issuer="bff", audience="shop", algorithms=(algorithm,), keys="x")
    examined = examine(key.signed(dict(CLAIMS)), issuers={"bff": options}, now_s=NOW_S)
    public = pick(parse_keys(published([key]), (algorithm,)), examined.key_name)

    assert public is not None
    assert "ada" == prove(examined, public).identity.subject


@KINDS
def test_the_published_set_has_nothing_private(private: Private, algorithm: str) -> None:
    [entry] = orjson.loads(published([signing_key(private)]))["keys"]
    expected = {"kty", "crv", "x", "kid", "alg", "use"} | ({"y"} if algorithm == "ES256" else set())
    assert expected == entry.keys()
    assert (algorithm, "sig") == (entry["alg"], entry["use"])


def test_a_key_has_the_same_id_wherever_it_is_read(tmp_path: Path) -> None:
    """RFC 7638: it follows from the key."""
    file = tmp_path / "key.pem"
    file.write_bytes(pem(ec_key()))
    assert signing_key(ec_key()).kid == read_signing_key(file, where="here").kid
    assert signing_key(ec_key()).kid != signing_key(ec_key("other")).kid


def test_its_repr_shows_nothing_private() -> None:
    shown = repr(signing_key(ec_key()))
    number = ec_key().private_numbers().private_value
    assert str(number) not in shown
    assert "private" not in shown


@pytest.mark.parametrize("private", [rsa_key(), p384_key()])
def test_a_key_of_another_kind_is_a_mistake(private: object) -> None:
    with pytest.raises(ContractMistake, match="P-256 or Ed25519"):
        signing_key(private)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"secret", "is no private key in PEM"),
        (pem(ec_key(), BestAvailableEncryption(b"x")), "is no private key in PEM"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_holds_no_key_is_a_mistake_that_does_not_quote_it(
    tmp_path: Path, text: bytes | None, told: str
) -> None:
    file = tmp_path / "key.pem"
    if text is not None:
        file.write_bytes(text)
    with pytest.raises(ContractMistake, match=told) as caught:
        read_signing_key(file, where="signing.keys[0]")
    assert "signing.keys[0]" == caught.value.where
    assert "secret" not in caught.value.what
    assert None is caught.value.__cause__

"""Which service is told in which way, and what can't be meant: known at boot."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bff.guard.services.options import ExchangeOptions, SigningOptions
from bff.guard.services.telling import ServiceIdentity, ServiceIdentityOptions
from bff.terms.mistakes import ContractMistake, ContractMistakes
from tests.guard.forge import ec_key

SERVICES = ("shop.A", "shop.B", "shop.C", "shop.D")
EXCHANGE = ExchangeOptions(url="https://login.example/token", client_id="b", client_secret="s")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = ec_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(text)
    return tmp_path


def made(folder: Path, **options: Any) -> ServiceIdentity:
    return ServiceIdentity(ServiceIdentityOptions(folder=folder, **options), services=SERVICES)


def mistakes(folder: Path, **options: Any) -> list[str]:
    with pytest.raises(ContractMistakes) as caught:
        made(folder, **options)
    return [str(one) for one in caught.value.exceptions]


def test_each_service_is_told_in_its_own_way(folder: Path) -> None:
    identity = made(
        folder,
        telling={"shop.A": "signed", "shop.B": "exchange", "shop.C": "bearer", "*": "none"},
        signing=SigningOptions(issuer="bff", keys=("key.pem",)),
        exchange=EXCHANGE,
    )
    kinds = [type(identity.shows_of(name)).__name__ for name in SERVICES]
    assert ["SignedToken", "ExchangedToken", "NoneType", "NoCredentials"] == kinds
    assert identity.shows_of("shop.A") is identity.shows_of("shop.A")


def test_by_default_every_service_is_told_by_the_callers_own_token(folder: Path) -> None:
    identity = made(folder)
    assert (False, None, b"") == (identity.tells, identity.shows_of("shop.A"), identity.document)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"telling": {"shop.X": "none"}}, 'no service has this name @ identity."shop.X"'),
        ({"telling": {"*": "signed"}}, "a signed token needs an issuer and keys @ signing"),
        (
            {"signing": SigningOptions(issuer="bff", keys=("no.pem",))},
            "no.pem cannot be read: No such file or directory @ signing.keys[0]",
        ),
        (
            {"signing": SigningOptions(issuer="https://login.example")},
            (
                "is trusted in [[issuers]], too: a token for a service would open the front door"
                " @ signing.issuer"
            ),
        ),
        (
            {"telling": {"shop.A": "exchange"}},
            "an exchange needs the issuer's token endpoint @ exchange.url",
        ),
        (
            {"telling": {"shop.A": "exchange"}, "exchange": EXCHANGE, "forwards": ("x-a",)},
            '"authorization" must be among them: it is what is exchanged @ metadata.forward',
        ),
    ],
)
def test_what_can_not_be_meant_stops_the_boot(
    folder: Path, options: dict[str, Any], told: str
) -> None:
    assert [told] == mistakes(folder, issuers=("https://login.example",), **options)


@pytest.mark.parametrize("lifetime_s", [0.0, 1.9, 60.1, 3_600.0])
def test_a_token_for_services_lives_a_minute_at_most(lifetime_s: float) -> None:
    with pytest.raises(ContractMistake, match="between 2 and 60 seconds"):
        SigningOptions(lifetime_s=lifetime_s)


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://login.example/token", True),
        ("http://127.0.0.1:8080/token", True),
        ("http://localhost/token", True),
        ("http://login.example/token", False),
        ("http://localhost.evil.example/token", False),
        ("https://user@login.example/token", False),
        ("ftp://login.example/token", False),
        ("login.example/token", False),
    ],
)
def test_tokens_are_sent_by_https_or_within_this_machine(url: str, is_good: bool) -> None:
    try:
        ExchangeOptions(url=url, client_id="b", client_secret="s")
    except ContractMistake as mistake:
        assert (False, "exchange.url") == (is_good, mistake.where)  # noqa: PT017
    else:
        assert is_good


def test_a_secret_is_not_shown() -> None:
    assert "client_secret" not in repr(EXCHANGE)


def test_an_exchange_without_a_secret_is_a_mistake() -> None:
    with pytest.raises(ContractMistake, match="BFF_EXCHANGE_CLIENT_SECRET"):
        ExchangeOptions(url="https://login.example/token", client_id="b")

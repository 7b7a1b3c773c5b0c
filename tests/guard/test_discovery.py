"""What a provider may say of itself, and what an operator may say of us."""

import pytest

from bff.guard.outbound import Answered
from bff.guard.provider.discovery import BadDocument, Doors, document_url, is_guarded, read_document
from bff.guard.provider.options import LoginOptions, origin_of
from bff.terms.mistakes import ContractMistake
from tests.guard.token_issuer import answered

ISSUER = "https://login.example/realms/shop"
GOOD = {
    "issuer": ISSUER,
    "authorization_endpoint": "https://login.example/a",
    "token_endpoint": "https://login.example/t",
    "jwks_uri": "https://keys.example/k",
}


def read(**changes: object) -> Doors:
    document = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return read_document(answered(document), ISSUER)


def test_a_document_says_where_the_doors_are() -> None:
    expected = Doors(
        authorization="https://login.example/a",
        token="https://login.example/t",
        keys="https://keys.example/k",
        end_session="https://login.example/out",
        names_itself=True,
    )
    more = {"authorization_response_iss_parameter_supported": True}
    assert expected == read(end_session_endpoint="https://login.example/out", **more)


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": ISSUER + "/"},
        {"issuer": None},
        {"token_endpoint": None},
        {"token_endpoint": "http://login.example/t"},
        {"token_endpoint": "ftp://login.example/t"},
        {"token_endpoint": "https:///t"},
        {"token_endpoint": "https://login.example/t\r\nx: y"},
        {"token_endpoint": 7},
        {"revocation_endpoint": "http://login.example/r"},
        {"code_challenge_methods_supported": ["plain"]},
        {"code_challenge_methods_supported": "S256"},
    ],
    ids=str,
)
def test_a_document_that_is_not_of_that_issuer_or_not_safe_is_refused(
    changes: dict[str, object],
) -> None:
    with pytest.raises(BadDocument):
        read(**changes)


@pytest.mark.parametrize(
    ("status", "body"), [(200, b"<h1>"), (200, b"[]"), (404, b"{}"), (200, b"null")]
)
def test_what_is_no_document_is_refused(status: int, body: bytes) -> None:
    with pytest.raises(BadDocument):
        read_document(Answered(status, "", body), ISSUER)


def test_the_document_is_below_the_issuer() -> None:
    assert f"{ISSUER}/.well-known/openid-configuration" == document_url(ISSUER + "/")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_this_very_machine_needs_no_encryption(host: str) -> None:
    assert is_guarded(f"http://{host}:8090/token")
    assert not is_guarded(f"http://login.example/{host}")


WHOLE = {
    "issuer": ISSUER,
    "client_id": "bff",
    "client_secret": "s",
    "origin": "https://app.example",
}


def test_the_provider_sends_browsers_back_to_our_origin() -> None:
    assert "https://app.example/bff/callback" == LoginOptions(**WHOLE).redirect_url


@pytest.mark.parametrize(
    ("where", "changes"),
    [
        ("login.issuer", {"issuer": "http://login.example"}),
        ("login.client_id", {"client_id": ""}),
        ("login.client_secret", {"client_secret": ""}),
        ("login.origin", {"origin": ""}),
        ("login.origin", {"origin": "https://app.example/"}),
        ("login.origin", {"origin": "https://app.example/path"}),
        ("login.origin", {"origin": "http://app.example"}),
        ("login.origin", {"origin": "https://App.example"}),
        ("login.scopes", {"scopes": ("profile",)}),
        ("login.algorithms", {"algorithms": ("HS256",)}),
        ("login.algorithms", {"algorithms": ()}),
        ("login.after_logout", {"after_logout": "//evil"}),
    ],
    ids=str,
)
def test_what_could_not_work_safely_is_a_mistake_at_its_setting(
    where: str, changes: dict[str, object]
) -> None:
    with pytest.raises(ContractMistake) as mistake:
        LoginOptions(**{**WHOLE, **changes})  # type: ignore[arg-type]
    assert where == mistake.value.where


def test_without_an_issuer_nothing_else_is_needed() -> None:
    assert "" == LoginOptions().issuer


@pytest.mark.parametrize(
    ("origin", "url"),
    [
        ("https://a.b", "https://a.b:443/x"),
        ("http://a.b:8080", "http://A.b:8080"),
        ("http://[::1]:8080", "http://[::1]:8080/x"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(origin: str, url: str) -> None:
    assert origin == origin_of(url)

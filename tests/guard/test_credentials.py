"""Finding the one bearer token (bad-input rows 86 and 87)."""

import pytest

from bff.guard.access import admit
from bff.guard.credentials import bearer_token, refuse_second_credential
from bff.guard.refusal import NoCredentials
from bff.terms.access import PUBLIC, SIGNED_IN
from bff.terms.codes import Code
from bff.terms.context import NOBODY, Identity
from bff.terms.errors import BadInput, Refused


@pytest.mark.parametrize(
    "value", ["Bearer a.b.c", "bearer a.b.c", "BEARER  a.b.c", " Bearer a.b.c\t"]
)
def test_the_scheme_is_read_without_regard_to_case(value: str) -> None:
    assert "a.b.c" == bearer_token([value])


def test_row_86_no_authorization_header_is_nobody_not_a_failure() -> None:
    assert bearer_token([]) is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Bearer a, Bearer b",
        "Bearer é",
        "Bearer a\x00b",
        "Bearera.b.c",
        "Basic YWRhOnB3",
        "DPoP a.b.c",
        "a.b.c",
    ],
)
def test_row_86_anything_but_one_bearer_token_is_refused(value: str) -> None:
    with pytest.raises(Refused) as caught:
        bearer_token([value])
    assert (Code.UNAUTHENTICATED, "unauthenticated") == (caught.value.code, caught.value.reason)


@pytest.mark.parametrize("value,advice", [("Bearer", "needs the form"), ("Basic x", "Only bearer")])
def test_row_86_a_refusal_says_what_was_wrong_with_the_header(value: str, advice: str) -> None:
    with pytest.raises(Refused, match=advice):
        bearer_token([value])


@pytest.mark.parametrize("values", [["Bearer a.b.c", "Bearer a.b.c"], ["Bearer a.b.c", ""]])
def test_row_86_two_authorization_headers_are_bad_input_even_when_equal(values: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        bearer_token(values)
    assert "malformed-request" == caught.value.reason


@pytest.mark.parametrize("cookie", ["__Host-s=x", "a=b; __Host-s=x", "__Host-s", "a;__Host-s =x"])
def test_row_87_a_session_cookie_beside_a_bearer_token_is_ambiguous(cookie: str) -> None:
    with pytest.raises(BadInput) as caught:
        refuse_second_credential(cookie, "__Host-s")
    assert "ambiguous-credentials" == caught.value.reason


@pytest.mark.parametrize("cookie", ["", "theme=dark", "x__Host-s=1; __Host-sx=1", "a=__Host-s"])
def test_row_87_other_cookies_are_not_credentials(cookie: str) -> None:
    refuse_second_credential(cookie, "__Host-s")


def test_without_a_session_cookie_name_no_cookie_is_a_credential() -> None:
    refuse_second_credential("=x; a=b", "")


def test_row_86_a_signed_in_endpoint_refuses_nobody() -> None:
    with pytest.raises(NoCredentials) as caught:
        admit(SIGNED_IN, NOBODY)
    assert Code.UNAUTHENTICATED == caught.value.code


def test_a_signed_in_endpoint_admits_whom_we_know_and_a_public_one_everybody() -> None:
    admit(SIGNED_IN, Identity("ada"))
    admit(PUBLIC, NOBODY)
    admit(PUBLIC, Identity("ada"))

"""Finding the one bearer token (bad-input rows 86 and 87)."""

import pytest

from bff.guard.access import admit
from bff.guard.refusal import NoCredentials
from bff.guard.tokens.credentials import bearer_token
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


def test_row_86_a_signed_in_endpoint_refuses_nobody() -> None:
    with pytest.raises(NoCredentials) as caught:
        admit(SIGNED_IN, NOBODY)
    assert Code.UNAUTHENTICATED == caught.value.code


def test_a_signed_in_endpoint_admits_whom_we_know_and_a_public_one_everybody() -> None:
    admit(SIGNED_IN, Identity("ada"))
    admit(PUBLIC, NOBODY)
    admit(PUBLIC, Identity("ada"))

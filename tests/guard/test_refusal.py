"""What WWW-Authenticate says (RFC 6750 section 3)."""

import doctest

from bff.guard import refusal
from bff.guard.refusal import challenge, no_credentials, unauthenticated
from bff.guard.tokens import credentials
from bff.terms.codes import Code
from bff.terms.errors import BadInput, Refused, ServiceSilent


def test_a_bad_token_is_challenged_as_invalid_token() -> None:
    expected = 'Bearer realm="bff", error="invalid_token", error_description="Sign in again."'
    assert expected == challenge(unauthenticated("Sign in again."))


def test_row_86_without_credentials_the_challenge_carries_no_error() -> None:
    assert 'Bearer realm="bff"' == challenge(no_credentials("Sign in first."))


def test_missing_rights_are_insufficient_scope() -> None:
    failure = Refused("Ask for more.", reason="permission-denied", code=Code.PERMISSION_DENIED)
    assert 'error="insufficient_scope"' in challenge(failure)


def test_two_credentials_are_an_invalid_request() -> None:
    assert 'error="invalid_request"' in challenge(BadInput("Send one."))


def test_a_failure_that_is_not_the_tokens_fault_carries_no_error() -> None:
    assert 'Bearer realm="bff"' == challenge(ServiceSilent("Try again."))


def test_a_description_can_not_leave_its_quotes_or_its_header() -> None:
    said = challenge(unauthenticated('a"b\\c\r\nX: é'))
    assert 'error_description="a?b?c??X: ?"' == said.rpartition(", ")[2]


def test_the_examples_in_the_docstrings_hold() -> None:
    failed = [doctest.testmod(module).failed for module in (credentials, refusal)]
    assert [0, 0] == failed

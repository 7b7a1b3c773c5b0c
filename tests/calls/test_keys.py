"""What two questions must have in common to get one answer."""

from typing import Any

import pytest

from bff.calls.keys import key_of
from bff.terms.context import Identity
from tests.calls.asked import RPC, a_context


def key(subject: str = "ada", *, asked: bytes = b"p-1", public: bool = False, **metadata: str):
    return key_of(RPC, asked, a_context(subject, **metadata), public=public)


def test_two_requests_of_one_user_that_ask_the_same_have_one_key():
    assert key(request_id="r-1", traceparent="t-1") == key(request_id="r-2", traceparent="t-2")


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "bob"},
        {"asked": b"p-2"},
        {"authorization": "Bearer another"},
        {"accept-language": "de"},
        {"x-tenant": "acme"},
    ],
)
def test_row_115_whatever_an_answer_may_depend_on_makes_another_key(other: dict[str, Any]):
    assert key() != key(**other)


def test_the_scopes_and_the_issuer_of_an_identity_are_in_its_key():
    context = a_context()
    keys = {
        key_of(RPC, b"", context._replace(identity=who), public=False)
        for who in (
            Identity("ada", "idp"),
            Identity("ada", "another idp"),
            Identity("ada", "idp", frozenset({"admin"})),
        )
    }
    assert 3 == len(keys)


def test_a_public_key_is_the_same_for_everybody_and_still_tells_languages_apart():
    mine, yours = key("ada", public=True), key("bob", public=True)
    german = key("ada", public=True, **{"accept-language": "de"})
    assert (True, False) == (mine == yours, mine == german)


def test_a_public_key_never_equals_a_users():
    assert key(public=True) != key("", public=False)

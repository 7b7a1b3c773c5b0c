"""The last question at the gate: who is let in by which policy (threats: BOLA, BFLA)."""

from dataclasses import replace
from typing import Any

import pytest

from bff.guard.access import admit
from bff.guard.presented import Presented
from bff.guard.refusal import NoCredentials, challenge
from bff.terms.access import PUBLIC, SIGNED_IN, UNDECLARED, Access, Bound, Question, access_of
from bff.terms.codes import Code
from bff.terms.context import NOBODY, Identity
from bff.terms.errors import BadInput, Refused

ADA = Identity("ada", "https://login.example", frozenset({"orders.read"}), frozenset({"admin"}))
BOB = Identity("bob", "https://login.example")
IN_PATH = (Bound("user_id", 1),)
IN_QUERY = (Bound("user_id", None, frozenset({"user_id", "userId"})),)


def policy(text: str, **more: Any) -> Access:
    return replace(access_of(text, where="here", code=True), **more)


def lets_in(access: Access, identity: Identity = ADA, **shown: Any) -> bool:
    try:
        admit(access, identity, Presented(**shown))
    except Refused as refused:
        return (Code.PERMISSION_DENIED, "permission-denied") != (refused.code, refused.reason)
    return True


@pytest.mark.parametrize(
    ("text", "identity", "expected"),
    [
        ("scope:orders.read", ADA, True),
        ("scope:orders.read", BOB, False),
        ("scope:orders", ADA, False),
        ("scope:ORDERS.READ", ADA, False),
        ("scope:orders.write|orders.read", ADA, True),
        ("scope:orders.write scope:orders.read", ADA, False),
        ("role:admin", ADA, True),
        ("role:admin", BOB, False),
        ("role:orders.read", ADA, False),
        ("scope:admin", ADA, False),
        ("scope:orders.read role:admin", ADA, True),
        ("scope:orders.read role:owner", ADA, False),
    ],
)
def test_scopes_and_roles_are_what_the_token_says(
    text: str, identity: Identity, expected: bool
) -> None:
    assert expected is lets_in(policy(text), identity)


@pytest.mark.parametrize("text", ["signed_in", "scope:a", "role:a", "bind:user_id"])
def test_nobody_is_asked_to_sign_in_before_anything_else(text: str) -> None:
    with pytest.raises(NoCredentials):
        admit(policy(text, bound=IN_PATH), NOBODY, Presented(values=("x", "")))


def test_public_is_for_everybody_and_signed_in_for_whom_we_know() -> None:
    assert lets_in(PUBLIC, NOBODY)
    assert lets_in(SIGNED_IN, BOB)


def test_what_nobody_declared_lets_nobody_in() -> None:
    assert not lets_in(UNDECLARED, ADA)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("t-1", "ada"), True),
        (("ada", "bob"), False),
        (("t-1", ""), False),
        (("t-1", "Ada"), False),
        (("t-1", "ada "), False),
        (("t-1", "ada/x"), False),
        (("ada",), False),
        ((), False),
    ],
)
def test_a_bound_value_of_the_path_is_the_callers_own(
    values: tuple[str, ...], expected: bool
) -> None:
    assert expected is lets_in(policy("bind:user_id", bound=IN_PATH), values=values)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("user_id=ada", True),
        ("userId=ada&n=1", True),
        ("user_id=%61da", True),
        ("user_id=ada&userId=ada", True),
        ("", False),
        ("n=1", False),
        ("user_id=", False),
        ("user_id", False),
        ("user_id=bob", False),
        ("user_id=ada&user_id=bob", False),
        ("user_id=bob&user_id=ada", False),
        ("user_id=ada&userId=bob", False),
        ("user_id=ada&%75ser_id=bob", False),
        ("USER_ID=ada", False),
    ],
)
def test_a_bound_parameter_is_the_callers_own_however_often_it_is_sent(
    query: str, expected: bool
) -> None:
    assert expected is lets_in(policy("bind:user_id", bound=IN_QUERY), query=query)


def test_a_query_that_no_reader_takes_is_bad_input() -> None:
    with pytest.raises(BadInput):
        admit(policy("bind:user_id", bound=IN_QUERY), ADA, Presented(query="user_id=%zz"))


def test_a_function_is_told_who_asks_for_what() -> None:
    told: list[tuple[Identity, Question]] = []

    def may_see(identity: Identity, question: Question) -> bool:
        told.append((identity, question))
        return True

    access = policy("a:b", functions=(may_see,), variables=("team_id", "user_id"))
    shown = {"method": "PUT", "values": ("t-1", "u-1"), "query": "a=1&b=%20&a=2"}
    assert lets_in(access, **shown)
    asked = Question("PUT", {"team_id": "t-1", "user_id": "u-1"}, {"a": ("1", "2"), "b": (" ",)})
    assert [(ADA, asked)] == told


@pytest.mark.parametrize("said", [False, None, 0, 1, "yes", object()])
def test_a_function_lets_in_by_true_and_by_nothing_else(said: object) -> None:
    access = policy("a:b", functions=(lambda _identity, _question: said,))
    assert not lets_in(access)


def test_a_function_that_fails_lets_nobody_in() -> None:
    def fails(_identity: Identity, _question: Question) -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        admit(policy("a:b", functions=(fails,)), ADA)


def test_every_function_is_asked() -> None:
    asked = policy("a:b a:c", functions=(lambda _i, _q: True, lambda _i, _q: False))
    assert not lets_in(asked)


def test_the_challenge_of_a_missing_scope_names_it() -> None:
    with pytest.raises(Refused) as caught:
        admit(policy("scope:orders.write|orders.all"), ADA)
    assert 'error="insufficient_scope"' in challenge(caught.value)
    assert challenge(caught.value).endswith(', scope="orders.write"')


@pytest.mark.parametrize("text", ["role:owner", "bind:user_id"])
def test_no_other_refusal_says_what_would_be_enough(text: str) -> None:
    with pytest.raises(Refused) as caught:
        admit(policy(text, bound=IN_PATH), ADA, Presented(values=("t-1", "bob")))
    assert "owner" not in challenge(caught.value) + caught.value.detail
    assert "scope=" not in challenge(caught.value)

"""The words of an access policy: what they mean, and what is no policy at all."""

import pytest

from bff.terms.access import (
    PUBLIC,
    SIGNED_IN,
    UNDECLARED,
    Access,
    Demand,
    Question,
    access_of,
    declared,
)
from bff.terms.context import Identity
from bff.terms.mistakes import ContractMistake

HERE = "todos.v1.TodoService/GetTodo"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("public", PUBLIC),
        ("signed_in", SIGNED_IN),
        ("scope:a", Access(demands=(Demand("scope", ("a",)),))),
        ("scope:a|b", Access(demands=(Demand("scope", ("a", "b")),))),
        ("role:admin", Access(demands=(Demand("role", ("admin",)),))),
        ("bind:user_id", Access(demands=(Demand("bind", ("user_id",)),))),
        ("bind:owner.user_id", Access(demands=(Demand("bind", ("owner.user_id",)),))),
        ("signed_in scope:a", Access(demands=(Demand("scope", ("a",)),))),
        ("  scope:a\n role:b ", Access(demands=(Demand("scope", ("a",)), Demand("role", ("b",))))),
        ("scope:a scope:a", Access(demands=(Demand("scope", ("a",)),))),
        ("scope:https://shop.test/a", Access(demands=(Demand("scope", ("https://shop.test/a",)),))),
    ],
)
def test_a_policy_is_what_its_words_say(text: str, expected: Access) -> None:
    assert expected == access_of(text, where=HERE)


@pytest.mark.parametrize("text", ["public", "signed_in", "scope:a|b bind:user_id role:admin"])
def test_a_policy_prints_as_it_was_written(text: str) -> None:
    assert text == str(access_of(text, where=HERE))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "must not be empty"),
        ("  ", "must not be empty"),
        ("everyone", "'everyone' is no access policy: write public, signed_in, scope:NAME"),
        ("Public", "'Public' is no access policy"),
        ("public scope:a", "what is public can't demand anything"),
        ("scope:", "'scope:' is no access policy"),
        ("scope:a|", "a name that no token can hold"),
        ('scope:"a"', "a name that no token can hold"),
        ("scope:ä", "a name that no token can hold"),
        ("bind:user-id", "'user-id' is no name of a field"),
        ("bind:{user_id}", "'{user_id}' is no name of a field"),
        ("shop.rules:may_see", "'shop.rules:may_see' is no access policy"),
    ],
)
def test_what_is_no_policy_says_what_to_write_and_where(text: str, told: str) -> None:
    with pytest.raises(ContractMistake) as caught:
        access_of(text, where=HERE)
    assert told in caught.value.what
    assert HERE == caught.value.where


def test_only_who_may_name_code_can_name_a_function() -> None:
    """A proto comes from elsewhere: `os:abort` in one must never be imported."""
    policy = access_of("shop.rules:may_see", where="[access]", code=True)
    assert (Demand("function", ("shop.rules:may_see",)),) == policy.demands
    with pytest.raises(ContractMistake):
        access_of("os:abort", where=HERE)


def may_see(identity: Identity, question: Question) -> bool:
    return bool(identity.subject and question.path)


async def may_see_later(identity: Identity, question: Question) -> bool:
    return may_see(identity, question)


def test_a_view_declares_a_text_a_value_or_a_function() -> None:
    assert SIGNED_IN == declared(SIGNED_IN, where=HERE)
    assert "role:admin" == str(declared("role:admin", where=HERE))
    by_function = declared(may_see, where=HERE)
    assert ((may_see,), f"{__name__}:may_see") == (by_function.functions, str(by_function))


def test_a_coroutine_is_no_policy_for_it_is_always_true() -> None:
    with pytest.raises(ContractMistake, match="a plain function"):
        declared(may_see_later, where=HERE)


def test_what_nobody_declared_is_no_policy_that_can_be_written() -> None:
    assert SIGNED_IN != UNDECLARED
    assert PUBLIC != UNDECLARED

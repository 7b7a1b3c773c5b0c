"""Whose policy holds for an endpoint, and what can't hold at all: known before it is served."""

import asyncio
from typing import Any

import pytest

from bff.calls.keep import Keep
from bff.compose.admission import admitting, default_access
from bff.compose.blueprint import Blueprint
from bff.compose.caching import Caching
from bff.compose.endpoint import Answer, Ask, Endpoint, Parameter
from bff.terms.access import PUBLIC, SIGNED_IN, UNDECLARED, UNLESS_SAID, Bound, Question, access_of
from bff.terms.context import Identity, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.mistakes import ContractMistakes
from tests.edge.conftest import an_endpoint

RPC = "todos.v1.TodoService/GetTodo"
MAY = f"{__name__}:may_see"
FOR_ALL = Keep(fresh_s=60.0, public=True)


def may_see(identity: Identity, question: Question) -> bool:
    return identity.subject == question.path.get("user_id")


async def may_see_later(_identity: Identity, _question: Question) -> bool:
    return False


def rpc(path: str = "/v1/{user_id}", **changed: Any) -> Endpoint:
    return an_endpoint(path, **{"calls": (RPC,), "access": UNLESS_SAID, **changed})


def screen(**changed: Any) -> Endpoint:
    said = access_of("role:web", where="bff/views/web/home.py:12")
    return an_endpoint("/web/v1/{user_id}", **{"client": "web", "access": said, **changed})


def mistakes(endpoint: Endpoint, **chosen: str) -> list[str]:
    with pytest.raises(ContractMistakes) as caught:
        admitting([endpoint], chosen)
    return [str(one) for one in caught.value.exceptions]


def held(endpoint: Endpoint, chosen: dict[str, str]) -> tuple[str, str]:
    access = admitting([endpoint], chosen)[0].access
    return str(access), access.origin


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ("signed_in", "default")),
        ({"api": "role:c"}, ("role:c", '[access] "api"')),
        (
            {"api": "role:c", "todos.v1.TodoService": "role:b"},
            ("role:b", '[access] "todos.v1.TodoService"'),
        ),
        (
            {"api": "role:c", "todos.v1.TodoService": "role:b", RPC: "public"},
            ("public", f'[access] "{RPC}"'),
        ),
    ],
)
def test_the_most_exact_word_of_the_config_holds(chosen, expected):
    assert expected == held(rpc(), chosen)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"default": "public"}, ("role:web", "bff/views/web/home.py:12")),
        ({"web": "role:c"}, ("role:c", '[access] "web"')),
        ({"web": "role:c", "GET /web/v1/{user_id}": "public"}, "public"),
    ],
)
def test_the_config_is_above_what_a_screen_says_and_the_default_is_not(chosen, expected):
    found = held(screen(), chosen)
    assert expected == (found if isinstance(expected, tuple) else found[0])


def test_a_bound_value_is_looked_for_in_the_path_and_then_in_the_query():
    spellings = frozenset({"user_id", "userId"})
    sent = Parameter(
        name="userId", where="query", required=True, schema={}, description="", spellings=spellings
    )
    in_path = rpc("/v1/{team_id}/{user_id}", access=access_of("bind:user_id", where="x"))
    in_query = rpc("/v1/a", parameters=(sent,), access=access_of("bind:user_id", where="x"))

    found = admitting([in_path, in_query], {})
    assert [(Bound("user_id", 1),), (Bound("user_id", None, spellings),)] == [
        one.access.bound for one in found
    ]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/v1/a", "bind:user_id: /v1/a has no user_id in its path or query"),
        ("/v1/{user_id=users/*}", "bind:user_id: user_id holds several segments"),
        ("/v1/{user_id=**}", "bind:user_id: user_id holds several segments"),
    ],
)
def test_what_can_not_be_seen_at_the_gate_can_not_be_bound(path, told):
    """A field of the body, for one: it is read when everybody has been let in."""
    endpoint = rpc(path, access=access_of("bind:user_id", where="todos/v1/todos.proto:31"))
    [mistake] = mistakes(endpoint)
    assert told in mistake
    assert mistake.endswith("@ todos/v1/todos.proto:31")


def test_a_function_is_found_by_its_name_and_knows_the_names_of_the_path():
    access = admitting([rpc()], {RPC: MAY})[0].access
    assert ((may_see,), ("user_id",)) == (access.functions, access.variables)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no_such_module:may", "there is no module no_such_module"),
        (f"{__name__}:nobody", f"{__name__} has no nobody"),
        (f"{__name__}:RPC", "an access policy in Python is a plain function"),
        (f"{__name__}:may_see_later", "an access policy in Python is a plain function"),
        ("roles:admin", "there is no module roles"),
    ],
)
def test_a_function_that_is_none_is_told_at_boot(name, told):
    [mistake] = mistakes(rpc(), **{RPC: name})
    assert told in mistake
    assert mistake.endswith(f'@ [access] "{RPC}"')


def test_every_mistake_of_the_table_is_told_at_once():
    found = mistakes(rpc(), **{RPC: "everyone", "web_hmoe": "public", "api": "scope:"})
    assert ['access."api"', f'access."{RPC}"', 'access."web_hmoe"'] == [
        one.partition(" @ ")[2] for one in found
    ]
    assert "nothing is served by this name" in "".join(found)


def test_a_client_may_be_named_before_it_has_anything():
    assert [rpc()] == admitting([rpc()], {"mobile": "public"})


def test_without_a_default_whoever_says_nothing_stops_the_boot():
    assert None is default_access("")
    silent = rpc(access=UNDECLARED)
    with pytest.raises(ContractMistakes) as caught:
        Blueprint(admitting([silent], {}), title="t", version="1")
    assert "needs an access policy: in its proto, its view, or [access]" in str(
        caught.value.exceptions[0]
    )
    assert Blueprint(admitting([silent], {RPC: "public"}), title="t", version="1").endpoints


def test_the_default_is_a_policy_like_any_other():
    assert SIGNED_IN == default_access("signed_in")
    with pytest.raises(ContractMistakes, match="mistakes") as caught:
        default_access("everyone")
    assert "@ access.default" in str(caught.value.exceptions[0])


async def _kept(_context: RequestContext, _ask: Ask) -> Answer:
    return Answer(b"{}", caching=Caching("miss", FOR_ALL))


def public_word_of(endpoint: Endpoint) -> bool:
    context = RequestContext("r", Deadline(1e12))
    answer = asyncio.run(endpoint.run(context, Ask((), "", b"", "", {})))  # type: ignore[arg-type]
    assert isinstance(answer, Answer)
    assert answer.caching is not None
    assert answer.caching.keep is not None
    return answer.caching.keep.public


def test_a_public_page_that_the_config_shuts_is_no_longer_for_caches_outside():
    """Its answers were declared to be the same for everybody, who now may not all see them."""
    page = screen(access=PUBLIC, run=_kept, short=lambda *_: None)
    [shut] = admitting([page], {"web": "signed_in"})
    [left] = admitting([page], {})
    assert [False, True] == [public_word_of(shut), public_word_of(left)]
    assert None is shut.short

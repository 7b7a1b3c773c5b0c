"""What may be kept for whom, and when `errors` is there: told wrongly, it is a mistake at boot."""

from typing import Any

import pytest

from bff.compose.view import Fragment, View, call, policy, private, public
from bff.compose.view.compiling.views import compile_views
from bff.terms.mistakes import ContractMistake, ContractMistakes
from generated.shop.inventory.v1.inventory_client import InventoryServiceClient
from generated.todos.v1.todos_client import TodoServiceClient
from tests.compose.panel import catalog
from tests.compose.view.compiled import plan_of

HERE = "tests/compose/view/test_compiling_kept.py"
GET_STOCK = InventoryServiceClient.get_stock


def told(view: type[Fragment]) -> ContractMistake:
    with pytest.raises(ContractMistakes) as caught:
        compile_views([view], catalog())
    [one] = caught.value.exceptions
    assert isinstance(one, ContractMistake)
    return one


def stock_page(*, part: Any, **header: Any) -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=1, **header):
        stock: int = part.call(GET_STOCK, product_id="p-1").quantity

    return Home


@pytest.mark.parametrize("kept", [policy(fresh_s=5), policy(stale_if_error_s=5)])
def test_a_call_that_may_change_something_is_not_kept(kept: Any) -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        title: str = kept.call(TodoServiceClient.complete_todo, todo_id="t-1").title

    found = told(Home)
    assert "todos.v1.TodoService/CompleteTodo can't be kept: its proto does not say" in found.what
    assert "(todos/v1/todos.proto:" in found.what
    assert found.where.startswith(HERE)


def test_a_call_that_may_change_something_may_have_a_deadline_of_its_own() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=9):
        title: str = (
            policy(deadline_ms=5).call(TodoServiceClient.complete_todo, todo_id="t-1").title
        )

    assert [5] == [one.deadline_ms for one in plan_of(Home).steps]


def test_a_part_kept_for_each_caller_has_no_place_in_an_answer_for_everybody() -> None:
    everybody = {"access": "public", "cache": public(fresh_s=5)}
    found = told(stock_page(part=policy(fresh_s=5), **everybody))

    assert (
        "web.Home: get_stock is kept for each caller, and the answer for everybody:"
        " policy(..., public=True)"
    ) == found.what
    assert found.where.startswith(HERE)


@pytest.mark.parametrize(
    ("part", "header"),
    [
        (policy(fresh_s=5, public=True), {"access": "public", "cache": public(fresh_s=5)}),
        (policy(deadline_ms=5), {"access": "public", "cache": public(fresh_s=5)}),
        (policy(fresh_s=5), {"access": "public", "cache": private(fresh_s=5)}),
        (policy(fresh_s=5), {"access": "public"}),
        (policy(fresh_s=5), {}),
    ],
)
def test_any_other_part_has_one(part: Any, header: Any) -> None:
    assert 1 == len(plan_of(stock_page(part=part, **header)).steps)


def test_errors_are_there_when_something_failed_or_always_if_the_view_says_so() -> None:
    class Home(View, get="/v1/home", deadline_ms=9, errors="always"):
        stock: int = call(GET_STOCK, product_id="p-1").quantity

    class Web(Home, client="web"): ...

    class Mobile(Home, client="mobile", errors="failed"): ...

    class Plain(View, get="/v1/home", deadline_ms=9, client="public"):
        stock: int = call(GET_STOCK, product_id="p-1").quantity

    assert ["always", "failed", "failed"] == [plan_of(one).errors for one in (Web, Mobile, Plain)]

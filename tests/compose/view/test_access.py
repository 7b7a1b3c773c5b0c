"""Who may see a view: as its class says, by a text or by a function of the team's own."""

import pytest

from bff.terms.access import UNLESS_SAID, Question
from bff.terms.context import Identity
from bff.terms.mistakes import ContractMistakes
from tests.compose.view.compiled import plan_of
from tests.compose.view.example import ProductPage


def may_see(identity: Identity, question: Question) -> bool:
    return question.path["product_id"] in identity.roles


class Scoped(
    ProductPage, get="/v1/scoped/{product_id}", client="web", access="scope:shop.read"
): ...


class Judged(ProductPage, get="/v1/judged/{product_id}", client="web", access=may_see): ...


class Inheriting(Scoped, get="/v1/inheriting/{product_id}", client="web"): ...


class Silent(ProductPage, get="/v1/silent/{product_id}", client="web"): ...


class Wrong(ProductPage, get="/v1/wrong/{product_id}", client="web", access="everyone"): ...


def test_a_view_says_it_with_its_place() -> None:
    access = plan_of(Scoped).access
    assert "scope:shop.read" == str(access)
    assert access.origin.partition(":")[0].endswith("test_access.py")


def test_a_view_says_it_by_a_function() -> None:
    access = plan_of(Judged).access
    assert ((may_see,), f"{__name__}:may_see") == (access.functions, str(access))


def test_a_view_inherits_it_and_is_signed_in_where_nobody_says_anything() -> None:
    assert "scope:shop.read" == str(plan_of(Inheriting).access)
    assert UNLESS_SAID == plan_of(Silent).access
    assert "default" == plan_of(Silent).access.origin


def test_a_view_with_a_policy_that_is_none_is_a_mistake_with_its_line() -> None:
    with pytest.raises(ContractMistakes) as caught:
        plan_of(Wrong)
    [mistake] = caught.value.exceptions
    assert "web.Wrong: 'everyone' is no access policy" in str(mistake)
    assert "test_access.py" in str(mistake)


def test_a_view_for_some_is_personal() -> None:
    """What only some may see is never kept for everybody."""
    assert plan_of(Scoped).personal

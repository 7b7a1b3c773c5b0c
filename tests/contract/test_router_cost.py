"""What a match costs, counted in steps: not more with more routes, bounded for hostile paths."""

import gc
import sys
from collections.abc import Iterable
from itertools import product
from types import FrameType
from typing import Any

import pytest

from bff.contract.routes.path_trie import Node
from bff.contract.routes.router import Router
from tests.contract.routes import router_of


def calls_of(router: Router[Any], path: str, *, only: Any = None) -> int:
    """How many functions, Python's and C's, one match calls; or how often it calls `only`."""
    counted = 0

    def count(frame: FrameType, event: str, arg: object) -> None:
        nonlocal counted
        if only is None:
            counted += event in ("call", "c_call")
        else:
            counted += event == "call" and frame.f_code is only.__code__

    router.match("GET", path)  # what is made at its first use is no cost of a match
    gc.disable()  # a finalizer of somebody else's would be counted
    sys.setprofile(count)
    try:
        router.match("GET", path)
    finally:
        sys.setprofile(None)
        gc.enable()
    return counted


def crowd(size: int) -> Iterable[str]:
    kinds = product(
        ("things{}/{{id}}", "{{x}}/at{}", "things{}/{{id}}:do{}", "**/end{}"), range(size // 4)
    )
    return [f"GET /v1/{kind.format(n, n)}" for kind, n in kinds]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/things1/x",
        "/v1/y/at1",
        "/v1/things1/x:do1",
        "/v1/a/b/c/end1",
        "/v1/no/way/out",
        "/v1/a%20b/at1",
    ],
)
def test_cost_is_the_same_with_ten_and_with_ten_thousand_routes(path: str) -> None:
    costs = {calls_of(router_of(*crowd(size)), path) for size in (10, 1_000, 10_000)}

    assert 1 == len(costs)


def test_pm2_backtracking_visits_no_prefix_twice() -> None:
    """A hostile path, `a` or `*` in every place: as many steps as the table has prefixes."""
    depth = 10
    shapes = ["/".join(parts) for parts in product(("a", "*"), repeat=depth)]
    router = router_of(*[f"GET /{shape}/end" for shape in shapes])
    prefixes = 2 ** (depth + 1) - 1
    searches = 3  # for GET itself, then for each method that a 405 could name

    visits = calls_of(router, "/" + "a/" * depth + "other", only=Node.find)

    assert searches * prefixes == visits


def test_pm2_a_long_hostile_path_costs_no_more_than_the_table_is_deep() -> None:
    """1,000 segments against many stars: the search ends where the templates end."""
    router = router_of(*["GET " + "/a" * n + "/*" * (20 - n) for n in range(20)])

    short, long = (calls_of(router, "/a" * length) for length in (40, 1_000))

    assert short == long


def test_pm13_a_flood_of_colons_costs_no_more_than_the_longest_verb() -> None:
    router = router_of("GET /x/{a}:v:w", "GET /y")

    few, many = (calls_of(router, "/x/" + ":" * count) for count in (10, 2_000))

    assert few == many

"""Which route a request belongs to (transcoding 1.1, 1.2; bad-input rows 7, 26-28)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.contract.routes.path_template import PathTemplate
from bff.contract.routes.router import Match, MethodNotAllowed, Router
from bff.terms.mistakes import ContractMistakes
from tests.contract.routes import router_of, target, values

# --- which route ---------------------------------------------------------------------------------


@pytest.mark.parametrize("routes", [("/a/b", "/a/{x}", "/a/**"), ("/a/**", "/a/{x}", "/a/b")])
def test_pm1_literal_beats_star_beats_deep_in_any_order(routes: tuple[str, ...]) -> None:
    router = router_of(*[f"GET {route}" for route in routes])

    assert "GET /a/b" == target(router, "GET /a/b")
    assert "GET /a/{x}" == target(router, "GET /a/c")
    assert "GET /a/**" == target(router, "GET /a/b/c")


SEGMENT = st.sampled_from(["a", "b", "*", "**"])
SHAPES = st.lists(SEGMENT, min_size=1, max_size=4).filter(
    lambda parts: (
        not any("*" in part for part in parts[parts.index("**") + 1 :]) if "**" in parts else True
    )
)


@settings(deadline=None)
@given(
    shapes=st.lists(SHAPES.map("/".join), unique=True, max_size=12).flatmap(
        lambda shapes: st.tuples(st.just(shapes), st.permutations(shapes))
    ),
    path=st.lists(st.sampled_from(["a", "b", "c"]), max_size=5).map("/".join),
)
def test_pm1_the_winner_is_the_most_specific_in_any_order(
    shapes: tuple[list[str], list[str]], path: str
) -> None:
    """PM1, PM2 against a slow model: rank every template that fits, the smallest rank wins."""
    declared, shuffled = shapes
    fitting = [
        shape for shape in declared if fits(shape.split("/"), path.split("/") if path else [])
    ]
    expected = f"GET /{min(fitting, key=rank)}" if fitting else None

    for order in (declared, shuffled):
        router = router_of(*[f"GET /{shape}" for shape in order])
        assert expected == target(router, f"GET /{path}")


def fits(shape: list[str], path: list[str]) -> bool:
    if not shape:
        return not path
    if shape[0] == "**":
        return any(fits(shape[1:], path[taken:]) for taken in range(len(path) + 1))
    return bool(path) and shape[0] in ("*", path[0]) and fits(shape[1:], path[1:])


def rank(shape: str) -> list[tuple[int, int]]:
    """Left to right: an end, a literal, `*`, `**`; of two `**` the one with the longer tail."""
    parts = shape.split("/")
    kinds = [{"*": 2, "**": 3}.get(part, 1) for part in parts]
    return [(kind, at - len(parts) if kind == 3 else 0) for at, kind in enumerate(kinds)]


def test_pm2_steps_back_from_a_literal_that_leads_nowhere() -> None:
    router = router_of("GET /a/{x}/c", "GET /a/b/d")

    assert "GET /a/{x}/c" == target(router, "GET /a/b/c")


def test_pm3_a_route_without_the_method_hides_no_route_with_it() -> None:
    router = router_of("GET /a/{x}", "POST /a/b", "DELETE /**")

    assert "GET /a/{x}" == target(router, "GET /a/b")
    assert "POST /a/b" == target(router, "POST /a/b")
    assert "DELETE /**" == target(router, "DELETE /a/b")


def test_pm4_a_known_path_with_another_method_names_every_method_of_the_path() -> None:
    router = router_of("GET /a/{x}", "POST /a/b", "DELETE /**", "PURGE /z")

    assert MethodNotAllowed(("DELETE", "GET", "HEAD", "POST")) == router.match("PUT", "/a/b")
    assert ("DELETE",) == router.allowed("/q")


def test_row_7_methods_are_case_sensitive() -> None:
    assert MethodNotAllowed(("GET", "HEAD")) == router_of("GET /a").match("get", "/a")


@pytest.mark.parametrize("path", ["/b", "/a/b", "/", "", "*", "a", "xa", "A"])
def test_pm5_an_unknown_path_has_no_route(path: str) -> None:
    router = router_of("GET /a")

    assert None is router.match("GET", path)
    assert () == router.allowed(path)


@pytest.mark.parametrize("path", ["/x/", "/x//", "//x", "/x//y", "/x/y/", "//", "///"])
@pytest.mark.parametrize(
    "template", ["/x/{a}", "/x/{a=**}", "/x", "/{a=**}", "/*/*", "/{a}/{b}/{c}"]
)
def test_pm6_an_empty_segment_matches_nothing(template: str, path: str) -> None:
    """PM6, rows 27, 28 and 37: no empty value, no slash added or taken away."""
    assert None is router_of(f"GET {template}").match("GET", path)


@pytest.mark.parametrize(
    "template, path, expected",
    [
        ("/a/{x=**}", "/a", ""),
        ("/a/{x=**}", "/a/b/c", "b/c"),
        ("/a/{x=**}/z", "/a/z", ""),
        ("/a/{x=**}/z", "/a/b/z/z", "b/z"),
        ("/a/{x=b/**}", "/a/b", "b"),
        ("/a/{x=**}:v", "/a:v", ""),
        ("/{x=**}", "/", ""),
        ("/{x=**}:v", "/:v", ""),
        ("/{x=**/z}", "/z", "z"),
    ],
)
def test_pt3_deep_takes_nothing_or_more(template: str, path: str, expected: str) -> None:
    """PT3, PT4 with the clarification: also before a literal tail, and before a verb."""
    assert (expected,) == values(template, path)


def test_pt4_the_longer_tail_wins() -> None:
    router = router_of("GET /**/z", "GET /**/y/z", "GET /**")

    assert "GET /**/y/z" == target(router, "GET /x/y/z")
    assert "GET /**/z" == target(router, "GET /x/x/z")
    assert "GET /**" == target(router, "GET /x/x/x")


def test_pt4_a_tail_takes_no_segment_twice() -> None:
    """`/a/**/a` needs two segments."""
    assert None is target(router_of("GET /a/**/a"), "GET /a")


def test_pt2_a_capture_holds_the_literals_of_its_pattern() -> None:
    assert ("shelves/1/books/2", "x") == values(
        "/v1/{n=shelves/*/books/*}/{x}", "/v1/shelves/1/books/2/x"
    )


def test_pt2_a_capture_of_literals_behind_deep() -> None:
    assert ("y", "z") == values("/**/{a=y}/{b=z}", "/1/2/y/z")


def test_the_root_is_a_path() -> None:
    assert "GET /" == target(router_of("GET /", "GET /{x}"), "GET /")


def test_head_is_served_by_get() -> None:
    router = router_of("GET /a", "HEAD /b", "GET /b", "* /c", "GET /c", "POST /d")

    assert "GET /a" == target(router, "HEAD /a")
    assert "HEAD /b" == target(router, "HEAD /b")
    assert "GET /c" == target(router, "HEAD /c")
    assert MethodNotAllowed(("POST",)) == router.match("HEAD", "/d")


def test_pt15_kind_star_is_every_method_but_those_with_a_route_of_their_own() -> None:
    router = router_of("* /a", "PURGE /a")

    assert "PURGE /a" == target(router, "PURGE /a")
    assert "* /a" == target(router, "REPORT /a")
    assert {"GET", "HEAD", "PURGE", "PUT"} <= set(router.allowed("/a"))


def test_pt15_kind_star_of_a_nearer_template_wins() -> None:
    assert "* /a" == target(router_of("* /a", "GET /{x}"), "GET /a")


# --- verbs ---------------------------------------------------------------------------------------


def test_pm13_a_colon_is_data_where_no_verb_is_registered() -> None:
    """PT13."""
    router = router_of("GET /v1/users/{id}", "POST /v1/todos/{id}:123")

    match = router.match("GET", "/v1/users/user:123")

    assert isinstance(match, Match)
    assert ("user:123",) == match.values


def test_pt12_a_path_with_and_without_verb() -> None:
    router = router_of("POST /x/{id}", "POST /x/{id}:do", "POST /x/{id}:do:twice")

    assert "POST /x/{id}:do" == target(router, "POST /x/1:do")
    assert "POST /x/{id}:do:twice" == target(router, "POST /x/1:do:twice")
    assert "POST /x/{id}" == target(router, "POST /x/1:undo")
    assert "POST /x/{id}" == target(router, "POST /x/1")


def test_pt12_a_verb_may_hold_a_colon() -> None:
    router = router_of("GET /x:custom:custom", "GET /some:verb/const:verb")

    assert "GET /x:custom:custom" == target(router, "GET /x:custom:custom")
    assert "GET /some:verb/const:verb" == target(router, "GET /some:verb/const:verb")
    assert None is target(router, "GET /x:custom")


def test_pm13_the_longest_verb_leaves_its_stem_to_the_variable() -> None:
    assert ("a:b",) == values("/{x}:v:w", "/a:b:v:w")


def test_pt12_the_longest_registered_verb_is_the_verb() -> None:
    router = router_of("GET /x/{id}:b", "GET /x/{id}:a:b", "GET /x/{id}")

    assert "GET /x/{id}:a:b" == target(router, "GET /x/1:a:b")


def test_pm13_a_verb_needs_a_stem() -> None:
    """PM6: a variable gets no empty value before a verb; what is left is data."""
    assert None is target(router_of("GET /a/{x}:v"), "GET /a/:v")
    assert None is target(router_of("GET /{x=**}:v"), "GET /a/:v")
    assert "GET /a/{x}" == target(router_of("GET /a/{x}:v", "GET /a/{x}"), "GET /a/:v")


def test_pm3_a_verb_without_the_method_hides_no_route_with_it() -> None:
    router = router_of("POST /x/{id}:do", "GET /x/{id}")

    assert "GET /x/{id}" == target(router, "GET /x/1:do")
    assert MethodNotAllowed(("GET", "HEAD", "POST")) == router.match("PUT", "/x/1:do")


def test_pm7_an_escaped_colon_starts_no_verb() -> None:
    router = router_of("GET /x/{id}", "GET /x/{id}:do")

    assert "GET /x/{id}" == target(router, "GET /x/1%3Ado")


# --- boot ----------------------------------------------------------------------------------------


def test_pt11_duplicates_name_both_targets_all_at_once() -> None:
    routes = ["GET /a/{x}", "GET /a/{y}", "POST /b", "POST /b", "GET /a/*:v"]

    with pytest.raises(ContractMistakes) as caught:
        Router(
            (m, PathTemplate.parse(t), f"rpc{n}") for n, (m, t) in enumerate(map(str.split, routes))
        )

    told = [str(mistake) for mistake in caught.value.exceptions]
    assert 2 == len(told)
    assert all(name in told[0] for name in ("rpc0", "rpc1", "/a/{x}", "/a/{y}"))
    assert all(name in told[1] for name in ("rpc2", "rpc3"))


def test_pt12_methods_and_verbs_make_no_duplicates() -> None:
    assert "<Router of 5 routes>" == repr(
        router_of("GET /a/{x}", "POST /a/{x}", "GET /a/{x}:v", "* /a/{x}", "HEAD /a/{x}")
    )

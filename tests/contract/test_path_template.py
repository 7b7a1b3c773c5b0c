"""The grammar of path templates, and paths made from them (transcoding 1.1)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.contract.routes.path_template import PathTemplate, Variable
from bff.contract.routes.router import Match, Router
from bff.contract.routes.template_grammar import MAX_SEGMENTS
from bff.terms.mistakes import ContractMistake

ACCEPTED = {  # template: its segments, then its verb
    "/": ((), ""),
    "/*": (("*",), ""),
    "/**": (("**",), ""),
    "/a": (("a",), ""),
    "/a/b/c": (("a", "b", "c"), ""),
    "/*/**": (("*", "**"), ""),
    "/a/*/b": (("a", "*", "b"), ""),
    "/a/**": (("a", "**"), ""),
    "/{a}": (("*",), ""),
    "/{a.b.c}": (("*",), ""),
    "/{a=*}": (("*",), ""),
    "/{_a1=b}": (("b",), ""),
    "/{a=b/*}": (("b", "*"), ""),
    "/{a=b/*/c/*}": (("b", "*", "c", "*"), ""),
    "/{a=b/**}": (("b", "**"), ""),
    "/{a=**}": (("**",), ""),
    "/{a}/{b}": (("*", "*"), ""),
    "/a/{b}/c/{d=*/e/**}": (("a", "*", "c", "*", "e", "**"), ""),
    "/a:verb": (("a",), "verb"),
    "/*:verb": (("*",), "verb"),
    "/**:verb": (("**",), "verb"),
    "/{a}:verb": (("*",), "verb"),
    "/{a=b/**}:verb": (("b", "**"), "verb"),
    "/a/b:verb": (("a", "b"), "verb"),
    "/a/~b/c%20d/e;f=g/@h": (("a", "~b", "c%20d", "e;f=g", "@h"), ""),
    # PT12: colons in verbs, and in segments that are not last
    "/x:custom:custom": (("x",), "custom:custom"),
    "/{x}:a:b": (("*",), "a:b"),
    "/some:verb/const:verb": (("some:verb", "const"), "verb"),
    "/{x=a:b/*}": (("a:b", "*"), ""),
    # PT4: one `**` with a literal tail
    "/**/suffix": (("**", "suffix"), ""),
    "/a/**/b/c:verb": (("a", "**", "b", "c"), "verb"),
    "/{a=**}/z": (("**", "z"), ""),
    "/{a=b/**/c}/d": (("b", "**", "c", "d"), ""),
}

REJECTED = {  # template: what its author reads
    # PT5
    "": "start it with a slash",
    "//": "empty segment",
    "a": "start it with a slash",
    "a/b": "start it with a slash",
    "/a/": "empty segment",
    "/a//b": "empty segment",
    "//a": "empty segment",
    "/{}": "no field path",
    "/a/{}/b": "no field path",
    ":": "start it with a slash",
    ":verb": "start it with a slash",
    "/:": "name the verb",
    "/:verb": "put a segment before the verb",
    "/a/:verb": "empty segment",
    "/a:": "name the verb",
    "/a/b:": "name the verb",
    "/*:": "name the verb",
    "/**:": "name the verb",
    "/{x}:": "name the verb",
    "/{x=a/**}:": "name the verb",
    "/a/{x=var:verb}": "behind its closing brace",
    "/a/{x=b/c:verb}": "behind its closing brace",
    "/a{x}": "whole segment",
    "/{x}a": "whole segment",
    "/{x}{y}": "whole segment",
    "/{x}:verb/b": "whole segment",
    "/{x}-{y}": "whole segment",
    "/a/**/*": "only literals follow",
    "/a/**/**": "only literals follow",
    "/a/**/b/*": "only literals follow",
    "/a/**/{x}": "only literals follow",
    "/{x=**}/{y=**}": "only literals follow",
    "/{x=**/*}": "only literals follow",
    "/{": "close every {",
    "/}": "close every {",
    "/a/{x": "close every {",
    "/a/x}": "close every {",
    "/a/{x=b/c": "close every {",
    "/a/{x}}": "close every {",
    "/{x=}": "empty segment",
    "/{x=/a}": "empty segment",
    "/{x=a/}": "empty segment",
    "/{x=a//b}": "empty segment",
    "/{=a}": "no field path",
    "/{x.}": "no field path",
    "/{.x}": "no field path",
    "/{x..y}": "no field path",
    "/{1x}": "no field path",
    "/{x-y}": "no field path",
    "/{x y}": "no field path",
    "/{*}": "no field path",
    "/{x[0]}": "no field path",
    # PT6
    "/{x={y}}": "no variable inside another",
    "/a/{x=b/{y=*}/c}": "no variable inside another",
    # PT7
    "/{x}/{x}": "bind `x` once",
    "/{x.y}/a/{x.y=b/*}": "bind `x.y` once",
    # what no request could match
    "/a*": "no literal",
    "/***": "no literal",
    "/a b": "no literal",
    "/café": "no literal",
    "/a?b=c": "no literal",
    "/a#b": "no literal",
    "/a%2": "no literal",
    "/a%zz": "no literal",
    "/a:v*": "no literal",
    "/a%ff": "no UTF-8",
    "/a" * (MAX_SEGMENTS + 1): f"at most {MAX_SEGMENTS}",
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_pt1_accepts_every_form_of_the_grammar(text: str) -> None:
    """PT1, PT4, PT12."""
    template = PathTemplate.parse(text)

    assert ACCEPTED[text] == (template.segments, template.verb)


@pytest.mark.parametrize("text", REJECTED)
def test_pt5_rejects_and_says_what_to_change(text: str) -> None:
    """PT5, PT6, PT7: the mistake quotes the template."""
    with pytest.raises(ContractMistake) as caught:
        PathTemplate.parse(text)

    assert repr(text) in caught.value.what
    assert REJECTED[text] in caught.value.what


def test_pt2_a_bare_variable_is_one_segment() -> None:
    bare, spelled = PathTemplate.parse("/a/{x}"), PathTemplate.parse("/a/{x=*}")

    assert (Variable(("x",), 1, 2, multi=False),) == bare.variables == spelled.variables


@pytest.mark.parametrize(
    "text, expected",
    [
        ("/v1/{x=segments/*}/y", Variable(("x",), 1, 3, multi=True)),
        ("/v1/{a.b=lit}", Variable(("a", "b"), 1, 2, multi=False)),
        ("/v1/{x=**}", Variable(("x",), 1, None, multi=True)),
        ("/v1/{x=a/**}:v", Variable(("x",), 1, None, multi=True)),
        ("/v1/{x=a/**}/z", Variable(("x",), 1, -1, multi=True)),
        ("/v1/{x=a}/**", Variable(("x",), 1, 2, multi=False)),
        ("/**/{x=y}/z", Variable(("x",), -2, -1, multi=False)),
        ("/**/{x=y/z}", Variable(("x",), -2, None, multi=True)),
    ],
)
def test_pt2_a_variable_is_a_slice_of_the_path(text: str, expected: Variable) -> None:
    """PT2, PT4: literals of the pattern belong to the value; behind `**` it counts from the end."""
    assert (expected,) == PathTemplate.parse(text).variables


def test_pt11_names_of_variables_are_no_part_of_the_shape() -> None:
    shapes = {PathTemplate.parse(text).shape for text in ("/a/{x}:v", "/a/{y=*}:v", "/a/*:v")}

    assert {"/a/*:v"} == shapes


@pytest.mark.parametrize(
    "text, expected",
    [
        ("/", "/"),
        ("/v1/todos/{todo.id}:complete", "/v1/todos/{todo.id}:complete"),
        ("/v1/{name=shelves/*}", "/v1/shelves/{name}"),
        ("/v1/{name=shelves/*/books/*}", "/v1/shelves/{name-1}/books/{name-2}"),
        ("/v1/{name=files/**}", "/v1/files/{name}"),
        ("/v1/{kind=books}/*/{id}/**", "/v1/books/{segment-1}/{id}/{segment-2}"),
        ("/**/{x=y/z}", "/{segment-1}/y/z"),
    ],
)
def test_oa2_an_openapi_path_names_every_wildcard_once(text: str, expected: str) -> None:
    assert expected == PathTemplate.parse(text).openapi


def test_oa2_parameter_names_are_those_of_the_openapi_path() -> None:
    template = PathTemplate.parse("/v1/{name=a/*/b/*}/{id}/*")

    assert ("name-1", "name-2", "id", "segment-1") == template.parameter_names


@pytest.mark.parametrize(
    "text, values, expected",
    [
        ("/", {}, "/"),
        ("/a/{x}", {"x": "p q/r+%"}, "/a/p%20q%2Fr%2B%25"),
        ("/a/{x}:v", {"x": "b:v"}, "/a/b%3Av:v"),
        ("/a/{x=s/*}", {"x": "s/é"}, "/a/s/%C3%A9"),
        ("/a/{x=**}", {"x": ""}, "/a"),
        ("/a/{x=**}", {"x": "b/c d"}, "/a/b/c%20d"),
        ("/a/{x=b/**/c}/d", {"x": "b/1/2/c"}, "/a/b/1/2/c/d"),
        ("/a/**/{x=c%20d}", {"x": "c d"}, "/a/c%20d"),
    ],
)
def test_expand_writes_the_path_that_carries_the_values(
    text: str, values: dict[str, str], expected: str
) -> None:
    """The reverse of PM7 and PM8."""
    assert expected == PathTemplate.parse(text).expand(values)


@pytest.mark.parametrize(
    "text, values, sentence",
    [
        ("/a/{x}", {}, "wants values for"),
        ("/a/{x}", {"x": "1", "y": "2"}, "wants values for"),
        ("/a/{x}", {"x": ""}, "never empty"),
        ("/a/*", {}, "in no variable"),
        ("/a/{x=s/*}", {"x": "t/1"}, "must be 's'"),
        ("/a/{x=s/*}", {"x": "s"}, "as many segments"),
        ("/a/{x=s/*}", {"x": "s/1/2"}, "as many segments"),
        ("/a/{x=s/**/t}", {"x": "s"}, "as many segments"),
        ("/a/{x=**}", {"x": "/b"}, "never empty"),
    ],
)
def test_expand_refuses_what_matching_could_not_give(
    text: str, values: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        PathTemplate.parse(text).expand(values)


TEXT = st.text(
    st.characters(
        exclude_categories=["Cs"], exclude_characters=[chr(c) for c in (*range(32), 127)]
    ),
    min_size=1,
    max_size=40,
).filter(lambda text: text[0] not in "*{")
PIECE = TEXT.filter(lambda text: "/" not in text)
# A value of many segments can't tell `%2F` from `%252F`, so it holds no escape of a slash (PM8).
MANY = st.lists(PIECE.filter(lambda text: "%2f" not in text.lower()), max_size=4).map("/".join)


@settings(deadline=None)
@given(one=TEXT, two=PIECE.filter(lambda text: "%2f" not in text.lower()), many=MANY)
def test_what_is_expanded_is_what_is_matched(one: str, two: str, many: str) -> None:
    """PM7, PM8, PM10-PM12: unicode, slashes, percent signs and colons come back as they went."""
    template = PathTemplate.parse("/v1/{one}/{two=s/*}/{many=**}/z:do")
    router = Router([("GET", template, "it"), ("GET", PathTemplate.parse("/v1/**:x"), "other")])

    path = template.expand({"one": one, "two": f"s/{two}", "many": many})

    assert Match("it", template, (one, f"s/{two}", many)) == router.match("GET", path)


@settings(deadline=None)
@given(one=TEXT, many=MANY)
def test_pm9_what_is_expanded_is_what_is_fully_decoded(one: str, many: str) -> None:
    template = PathTemplate.parse("/{one}/{many=**}")
    router = Router([("GET", template, "it")], fully_decode=True)

    path = template.expand({"one": one, "many": many})

    assert Match("it", template, (one, many)) == router.match("GET", path)

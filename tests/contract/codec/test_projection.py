"""A projection shows some fields, under names of its own, in its own order; both engines alike."""

from typing import Any

import pytest

from bff.contract.codec import Codec
from bff.contract.codec.projection import Projected, Projection
from bff.contract.json_options import JsonOptions
from bff.terms.errors import ServiceSilent
from bff.terms.mistakes import ContractMistakes
from tests.contract.codec.engines import NATIVE, PURE, needs_native

OMIT = JsonOptions(defaults="omit")
BOTH = [pytest.param(PURE, id="pure"), pytest.param(NATIVE, id="native", marks=needs_native)]
NAME = Projection((Projected("name", "called"),))


def projection(**names: Any) -> Projection:
    """field="name", or field=("name", what of the inside)."""
    pairs = {
        field: told if isinstance(told, tuple) else (told, None) for field, told in names.items()
    }
    return Projection(tuple(Projected(field, *pair) for field, pair in pairs.items()))


def shown(
    message: Any, shape: Projection, engine: Any, options: JsonOptions = OMIT, **at: Any
) -> str:
    codec = Codec(options, engine=engine)
    return codec.writer(type(message), projection=shape, **at)(message.SerializeToString()).decode()


@pytest.mark.parametrize("engine", BOTH)
def test_members_stand_in_the_order_given_under_new_names(types: Any, engine: Any) -> None:
    message = types.Optionals(i32=1, a_string="a", a_double=0.5)

    assert '{"half":0.5,"n":1}' == shown(message, projection(a_double="half", i32="n"), engine)


@pytest.mark.parametrize("engine", BOTH)
def test_what_is_empty_is_written_where_defaults_are(types: Any, engine: Any) -> None:
    """PJ8. An unset field with presence is absent all the same."""
    shape = projection(child="child", i64="wide", a_string="texts")

    assert '{"child":[],"wide":[],"texts":[]}' == shown(types.Lists(), shape, engine, JsonOptions())
    assert "{}" == shown(types.Lists(), shape, engine)
    assert "{}" == shown(types.Optionals(), projection(i32="n"), engine, JsonOptions())


@pytest.mark.parametrize("engine", BOTH)
def test_inside_of_messages_lists_and_maps(types: Any, engine: Any) -> None:
    tree = types.Tree(name="a", children=[types.Tree(name="b", children=[types.Tree(name="c")])])
    maps = types.Maps(children={"x": types.Optionals(i32=1, a_string="s")})
    numbers = projection(i32="n")

    assert '{"nodes":[{"called":"b"}]}' == shown(tree, projection(children=("nodes", NAME)), engine)
    assert '{"c":{"x":{"n":1}}}' == shown(maps, projection(children=("c", numbers)), engine)
    assert '{"c":{"x":{"i32":1,"aString":"s"}}}' == shown(maps, projection(children="c"), engine)


@pytest.mark.parametrize("engine", BOTH)
def test_at_the_end_of_a_path(types: Any, engine: Any) -> None:
    """BD12: response_body, and then only some of it."""
    message = types.Everything(tree=types.Tree(name="a", children=[types.Tree(name="b")]))
    path = ("tree", "children")

    assert '[{"called":"b"}]' == shown(message, NAME, engine, path=path)
    assert "null" == shown(types.Everything(), NAME, engine, path=path)
    assert '{"called":"a"}' == shown(message, NAME, engine, path=("tree",))


@pytest.mark.parametrize("engine", BOTH)
def test_well_known_types_are_shown_whole(types: Any, engine: Any) -> None:
    message = types.Known()
    message.time.seconds = 1
    message.struct["a"] = [1, None]

    assert '{"s":{"a":[1.0,null]},"at":"1970-01-01T00:00:01Z"}' == shown(
        message, projection(struct="s", time="at"), engine
    )


def mistakes(
    types: Any, kind: str, shape: Projection, options: JsonOptions = OMIT, **at: Any
) -> set[str]:
    with pytest.raises(ContractMistakes) as caught:
        Codec(options).writer(types[f"rich.v1.{kind}"], projection=shape, **at)
    return {str(one) for one in caught.value.exceptions}


def test_every_mistake_is_told_at_once(types: Any) -> None:
    shape = Projection(
        (
            Projected("gone", "a"),
            Projected("name", "b"),
            Projected("name", "c"),
            Projected("children", "c", projection(absent="x")),
            Projected("known", "k", projection(time=("t", NAME))),
        )
    )

    assert {
        "there is no such field to project @ rich.v1.Tree.gone",
        "field name is projected twice @ rich.v1.Tree.name",
        "name c is projected twice @ rich.v1.Tree.children",
        "there is no such field to project @ rich.v1.Tree.absent",
        "there are no fields inside of this one @ rich.v1.Known.time",
    } == mistakes(types, "Tree", shape)


def test_what_is_never_written_can_not_be_projected(types: Any) -> None:
    hidden = JsonOptions(
        omit_sensitive=frozenset({"rich.v1.Scalars.password_hash"}),
        omit_written=frozenset({"rich.v1.Scalars.i32"}),
    )

    assert {
        "this field is never written: take it away @ rich.v1.Scalars.password_hash",
        "this field is never written: take it away @ rich.v1.Scalars.i32",
    } == mistakes(types, "Scalars", projection(password_hash="p", i32="i"), hidden)


def test_a_scalar_at_the_end_of_a_path_has_no_inside(types: Any) -> None:
    path = ("scalars", "i32")

    assert {"there are no fields inside @ rich.v1.Scalars.i32"} == mistakes(
        types, "Everything", NAME, path=path
    )


@needs_native
def test_what_is_not_shown_is_not_looked_into_natively(types: Any) -> None:
    """It costs nothing, so it may be broken: here a string that is no UTF-8, two levels deep."""
    number = types.Optionals.DESCRIPTOR.fields_by_name["a_string"].number
    broken = bytes((number << 3 | 2, 1, 0xFF))
    wire = types.Optionals(i32=1).SerializeToString() + broken
    write = Codec(OMIT, engine=NATIVE).writer(types.Optionals, projection=projection(i32="n"))

    assert b'{"n":1}' == write(wire)
    with pytest.raises(ServiceSilent):
        Codec(OMIT, engine=NATIVE).writer(types.Optionals)(wire)


def unset(how: Any) -> Projection:
    return Projection((Projected("i32", "n", unset=how), Projected("a_string", "s", unset=how)))


@pytest.mark.parametrize("engine", BOTH)
@pytest.mark.parametrize(
    ("how", "json"),
    [("", '{"n":1}'), ("null", '{"n":1,"s":null}'), ("default", '{"n":1,"s":""}')],
)
def test_a_field_with_presence_may_be_there_though_it_is_not_set(
    types: Any, engine: Any, how: Any, json: str
) -> None:
    assert json == shown(types.Optionals(i32=1), unset(how), engine)


@pytest.mark.parametrize("engine", BOTH)
def test_a_message_without_what_is_needed_has_no_json(types: Any, engine: Any) -> None:
    whole = types.Optionals(i32=1, a_string="\0")

    assert '{"n":1,"s":"\\u0000"}' == shown(whole, unset("refused"), engine)
    with pytest.raises(ServiceSilent):
        shown(types.Optionals(i32=1), unset("refused"), engine)
    inside = Projection((Projected("child", "child", unset("refused")),))
    with pytest.raises(ServiceSilent):
        shown(types.Lists(child=[whole, types.Optionals(i32=1)]), inside, engine)

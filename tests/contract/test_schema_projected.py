"""contract/schema: what a projection shows of a message (OA4), member by member."""

from typing import Any

from bff.contract.codec.projection import Projected, Projection
from bff.contract.json_options import JsonOptions
from bff.contract.schema import Schemas
from tests.contract.zoo import message, plain

NAME = Projection((Projected("display_name", "called"),))
ANIMAL = message("Animal")


def projection(**names: Any) -> Projection:
    """field="name", or field=("name", what of the inside)."""
    pairs = {
        field: told if isinstance(told, tuple) else (told, None) for field, told in names.items()
    }
    return Projection(tuple(Projected(field, *pair) for field, pair in pairs.items()))


def shown(shape: Projection, options: JsonOptions | None = None) -> tuple[Any, Schemas]:
    schemas = plain(options or JsonOptions())
    ref = schemas.projected((), ANIMAL, shape, name="web.home.pet")
    assert {"$ref": "#/components/schemas/web.home.pet"} == ref
    return schemas.components["web.home.pet"], schemas


def test_members_are_the_chosen_ones_under_their_new_names() -> None:
    pet, schemas = shown(projection(i64="wide", mood="temper", nick="alias"))

    whole: Any = plain()
    whole.message(ANIMAL, writing=True)
    own = whole.components["zoo.v1.Animal"]["properties"]
    expected = {"wide": own["i64"], "temper": own["mood"], "alias": own["nick"]}
    assert expected == pet["properties"]
    assert {"web.home.pet", "zoo.v1.Mood"} == set(schemas.components)


def test_what_is_always_written_is_required_oa4() -> None:
    """Scalars, lists and maps without presence; PJ8 says when not even they are."""
    shape = projection(nick="alias", scores="scores", mother="mother", friends="mates")

    assert ["scores", "mates"] == shown(shape)[0]["required"]
    assert "required" not in shown(shape, JsonOptions(defaults="omit"))[0]


def test_the_inside_is_a_component_of_its_own_named_by_the_way_to_it() -> None:
    pet, schemas = shown(
        projection(mother=("dam", NAME), young=("cubs", NAME), by_cage=("cages", NAME))
    )

    def ref(field: str) -> Any:
        return {"$ref": f"#/components/schemas/web.home.pet.{field}"}

    properties = pet["properties"]
    assert ref("mother") == properties["dam"]
    assert ref("young") == properties["cubs"]["items"]
    assert ref("by_cage") == properties["cages"]["additionalProperties"]
    inside: Any = schemas.components["web.home.pet.young"]
    assert ({"called": {"type": "string"}}, ["called"]) == (
        inside["properties"],
        inside["required"],
    )
    assert "zoo.v1.Animal" not in schemas.components


def test_members_of_a_oneof_exclude_each_other_under_their_new_names() -> None:
    pet, _ = shown(projection(cage="pen", host="guest", i32="n"))

    assert {"required": ["pen", "guest"]} == pet["not"]
    assert "not" not in shown(projection(cage="pen"))[0]


def test_a_path_leads_to_one_a_list_or_a_map_and_one_may_be_null_bd12() -> None:
    schemas = plain()
    fields = ANIMAL.fields_by_name
    one, several, by_key, far = [
        schemas.projected(path, ANIMAL, NAME, name="web.x")
        for path in (
            (fields["mother"],),
            (fields["young"],),
            (fields["by_cage"],),
            (fields["mother"], fields["young"]),
        )
    ]
    ref = {"$ref": "#/components/schemas/web.x"}

    assert {"anyOf": [ref, {"type": "null"}]} == one
    assert {"type": "array", "items": ref} == several
    assert ("object", ref) == (by_key["type"], by_key["additionalProperties"])
    assert {"type": ["array", "null"], "items": ref} == far

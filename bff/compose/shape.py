"""What a screen shows: a class whose fields are the answer's, in lowerCamelCase.

Called by bff/views (declares shapes), compose/screen.py (writes them, and their schema).
Never     holds a field that nobody declared: what a service adds to a message stays inside.
"""

from collections.abc import Sequence
from typing import Any, cast

import orjson
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from bff.compose.endpoint import Gap, Schema
from bff.compose.gaps import missing_schema, told

REF = "#/components/schemas/{model}"


class Shape(BaseModel):
    """Subclass it: `avatar_url: str` is written as "avatarUrl"."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid"
    )


def written(shape: Shape, gaps: Sequence[Gap]) -> bytes:
    """The answer's JSON. `errors` is there when a part failed."""
    data = shape.model_dump(mode="json", by_alias=True)
    if gaps:
        data["errors"] = [told(gap, place) for gap in gaps for place in _places(data, gap.path)]
    return orjson.dumps(data)


def _places(data: Any, pointer: str) -> list[str]:
    """The pointers that a gap stands for: "/links/*/daily" is one per link that is shown.

    >>> _places({"links": [{}, {}]}, "/links/*/daily")
    ['/links/0/daily', '/links/1/daily']
    """
    before, star, after = pointer.partition("/*/")
    if not star:
        return [pointer]
    for part in before.split("/")[1:]:
        data = data[part]
    return [
        place
        for index, one in enumerate(data or ())
        for place in (f"{before}/{index}{rest}" for rest in _places(one, f"/{after}"))
    ]


def schema_of(shape: type[Shape], *, scope: str) -> tuple[Schema, dict[str, Schema]]:
    """(schema of the answer, components by name). `scope` keeps shapes of two screens apart.

    >>> schema_of(Shape, scope="web.home")[0]
    {'$ref': '#/components/schemas/web.home.Shape'}
    """
    found = shape.model_json_schema(
        by_alias=True, mode="serialization", ref_template=REF.format(model=f"{scope}.{{model}}")
    )
    components = {f"{scope}.{name}": one for name, one in found.pop("$defs", {}).items()}
    components[f"{scope}.{shape.__name__}"] = found
    return {"$ref": REF.format(model=f"{scope}.{shape.__name__}")}, components


def answer_schema(shape: type[Shape], *, scope: str) -> tuple[Schema, dict[str, Schema]]:
    """As schema_of, of a whole answer: `errors` may be there, too, as `written` adds them."""
    answer, components = schema_of(shape, scope=scope)
    missing, told_as = missing_schema(scope)
    whole = f"{scope}.{shape.__name__}"
    own = cast("Schema", components[whole].get("properties", {}))
    properties = {"errors": {"type": "array", "items": missing}, **own}
    return answer, {**told_as, **components, whole: {**components[whole], "properties": properties}}

"""How a part that failed is told in the answer's `errors`, and the schema of that.

Why       Kept apart from shape.py: whoever declares no shape needs no pydantic for it.
Called by compose/shape.py (answers of functions), compose/view (answers of views).
"""

from bff.compose.endpoint import Gap, Schema


def told(gap: Gap, place: str) -> dict[str, object]:
    """A gap as a client reads it."""
    return {"path": place, "code": gap.code.name, "retryable": gap.retryable}


def missing_schema(scope: str) -> tuple[Schema, dict[str, Schema]]:
    """Of what `told` tells.

    >>> missing_schema("web")[0]
    {'$ref': '#/components/schemas/web.Missing'}
    """
    name = f"{scope}.Missing"
    what = "One part of a screen that failed."
    where = "`path` is a JSON Pointer to the null that stands for it."
    missing: Schema = {
        "additionalProperties": False,
        "description": f"{what} {where}",
        "properties": {
            "path": {"title": "Path", "type": "string"},
            "code": {"title": "Code", "type": "string"},
            "retryable": {"title": "Retryable", "type": "boolean"},
        },
        "required": ["path", "code", "retryable"],
        "title": "Missing",
        "type": "object",
    }
    return {"$ref": f"#/components/schemas/{name}"}, {name: missing}

"""What a client said outside of the path, and by which name: for whoever must tell it of a clash.

Called by bind.py, for path_value.py and patch_mask.py.
Source    docs/spec/transcoding.md PM16, ER3.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import FieldDescriptor

from bff.contract.json_pointer import pointer
from bff.contract.json_text import JsonValue
from bff.contract.request.body import Body

Fields = tuple[FieldDescriptor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """One request's query and body.

    given  dotted proto path of each field that the query set, and the parameter that did
    value  the body's JSON, None for none
    body   where the body belongs
    """

    given: Mapping[str, str]
    value: JsonValue
    body: Body

    def spelling(self, path: Fields) -> str:
        """The parameter or the JSON Pointer by which the client named this field, or one inside it;
        "" for none.
        """
        names = tuple(field.name for field in path)
        place = ".".join(names)
        for key, parameter in self.given.items():
            if key == place or key.startswith(place + "."):
                return parameter
        depth = self.body.depth_of(names)
        return "" if depth is None else _spelled(self.value, path[depth:])


def _spelled(value: JsonValue, path: Fields) -> str:
    """The JSON Pointer of a field in the body, as the client spelled it; "" where it is not there.

    {"todo": {"todoId": "t-1"}} and todo.todo_id: "/todo/todoId"
    """
    parts: list[str] = []
    for field in path:
        if not isinstance(value, dict):
            return ""
        key = next((key for key in (field.json_name, field.name) if key in value), None)
        if key is None or value[key] is None:
            return ""
        parts.append(key)
        value = value[key]
    return pointer(parts)

"""One path variable's value into its field; what the query or the body says otherwise is refused.

Called by contract/bind.py.
Never     lets anything but the path decide (PM16): other systems let a query parameter win, and
          serve
          one resource under another one's URL.
Source    docs/spec/transcoding.md PM15, PM16, PT9, PT10; docs/spec/bad-input.md row 38.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.contract.codec import Codec
from bff.contract.field_path import walk
from bff.contract.json_options import JsonLimits
from bff.contract.json_pointer import pointer
from bff.contract.json_text import JsonValue
from bff.contract.path_template import Variable
from bff.contract.text_value import FromText, from_text
from bff.terms.errors import BadInput

Fields = tuple[FieldDescriptor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathValue:
    """One variable: `path` leads to its field; `plain` is a string that needs no reading."""

    name: str
    names: tuple[str, ...]
    path: Fields
    read: FromText
    plain: bool
    codec: Codec

    @classmethod
    def of(
        cls, request: Descriptor, variable: Variable, *, codec: Codec, limits: JsonLimits
    ) -> "PathValue":
        """The value of a variable that boot has checked."""
        path = walk(request, variable.field_path)
        read = from_text(path[-1], limits)
        assert read is not None
        return cls(
            name=variable.name,
            names=variable.field_path,
            path=path,
            read=read,
            plain=path[-1].type == FieldDescriptor.TYPE_STRING,
            codec=codec,
        )

    def put(
        self,
        message: Any,
        text: str,
        *,
        given: Mapping[Fields, str],
        body: tuple[JsonValue, tuple[str, ...]],
    ) -> None:
        """Set the field. Raises BadInput for a bad value, or for another value elsewhere.

        given  fields that the query set, and the parameter that did
        body   the body's JSON, and this field's names in it
        """
        parent = message
        for field in self.path[:-1]:
            parent = getattr(parent, field.name)
        rival = given.get(self.path) or _spelled(*body)
        before = _copy(getattr(parent, self.names[-1])) if rival else None
        self._set(parent, text)
        if rival and before != getattr(parent, self.names[-1]):
            what = f"the path says another value for {self.name}; leave this out"
            raise BadInput.at(rival, what, reason="binding-conflict")

    def _set(self, parent: Any, text: str) -> None:
        if self.plain:
            setattr(parent, self.names[-1], text)
            return
        try:
            self._clear(parent)
            self.codec.fill_field(parent, self.path[-1], self.read(text), at=self.name)
        except BadInput as bad:
            raise BadInput.at(self.name, bad.violations[0].message, reason=bad.reason) from None
        except ValueError as wrong:
            raise BadInput.at(self.name, str(wrong)) from None

    def _clear(self, parent: Any) -> None:
        parent.ClearField(self.names[-1])


def _copy(value: Any) -> Any:
    """A message as it was: the original changes when the path is put."""
    copy = getattr(value, "SerializeToString", None)
    return type(value).FromString(copy()) if copy else value


def _spelled(value: JsonValue, names: tuple[str, ...]) -> str:
    """The JSON Pointer of a field in the body, as the client spelled it; "" where it is not there.

    >>> _spelled({"todo": {"todoId": "t-1"}}, ("todo", "todo_id"))
    '/todo/todoId'
    """
    parts: list[str] = []
    for name in names:
        if not isinstance(value, dict):
            return ""
        key = next((key for key in value if key in (name, _camel(name))), None)
        if key is None or value[key] is None:
            return ""
        parts.append(key)
        value = value[key]
    return pointer(parts)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)

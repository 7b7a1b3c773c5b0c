"""Where a client sent the field that a service complains of.

Why       A service speaks of its request message, `todo.tags[0]`; the client knows a body,
          `/tags/0`, and parameters, `pageSize`.
Called by compose/transcode.py (one per binding); reply/error_document.py asks it.
Never     names a field that clients may not know of.
Source    AIP-193; google/rpc/error_details.proto (BadRequest.field); RFC 6901;
          docs/spec/transcoding.md ER3.
"""

import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from bff.contract.codec import Codec
from bff.contract.json_pointer import pointer
from bff.contract.routes.http_rule import HttpBinding
from bff.terms.texts import one_line

_STEP = re.compile(r'\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[([^\]]*)\]|([^.\[\]]+)')
_MOST_STEPS = 32


class FieldPlace:
    """Translates the field paths of one binding's request.

    With `body: "todo"`, "todo.tags[0]" is "/tags/0" and "page_size" is "pageSize".
    """

    def __init__(self, request: type[Message], binding: HttpBinding, codec: Codec) -> None:
        described: Any = request.DESCRIPTOR
        self._request: Descriptor = described
        self._codec = codec
        self._in_path = {one.field_path: one.name for one in binding.template.variables}
        self._has_body = bool(binding.body)
        self._body = () if binding.body in ("", "*") else tuple(binding.body.split("."))

    def __repr__(self) -> str:
        return f"<FieldPlace in {self._request.full_name}>"

    def __call__(self, field: str) -> str:
        """A JSON Pointer into the body, or a parameter's name; "" for a hidden field."""
        names: list[str] = []
        spelled: list[str] = []
        message: Descriptor | None = self._request
        for step in _steps(field):
            known = _field(message, step)
            if known is not None and known.full_name in self._codec.options.omit_sensitive:
                return ""
            names.append(known.name if known else step)
            spelled.append(self._codec.field_json_name(known) if known else step)
            if known is not None:
                message = known.message_type
        return self._place(tuple(names), spelled)

    def _place(self, names: tuple[str, ...], spelled: list[str]) -> str:
        if names in self._in_path:
            return self._in_path[names]
        depth = len(self._body)
        if self._has_body and names[:depth] == self._body:
            return pointer(spelled[depth:])
        return one_line(".".join(spelled), longest=200)


def _steps(field: str) -> Iterator[str]:
    """Names, indexes and map keys.

    >>> list(_steps('todo.labels["a.b"].tags[0]'))
    ['todo', 'labels', 'a.b', 'tags', '0']
    """
    for _, found in zip(range(_MOST_STEPS), _STEP.finditer(field), strict=False):
        yield next(part for part in found.groups() if part is not None)


def _field(message: Descriptor | None, name: str) -> FieldDescriptor | None:
    """The field by its proto name, else by its JSON name."""
    if message is None:
        return None
    found = message.fields_by_name.get(name)
    return found or next((one for one in message.fields if one.json_name == name), None)

"""Where in a client's request a field is, and whether the client speaks of it at all.

Called by missing.py and broken.py, which look at the whole request message.
Source    RFC 6901; AIP-134; docs/spec/transcoding.md ER3, PA1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from bff.contract.inside import Path
from bff.contract.json_pointer import pointer
from bff.contract.request.body import Body
from bff.contract.request.patch_mask import PatchMask
from bff.contract.routes.http_rule import HttpBinding


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """The places of one binding's request. `in_url`: path of a field -> the variable's name."""

    in_url: Mapping[tuple[str, ...], str]
    body: Body
    mask: PatchMask | None

    @classmethod
    def of(cls, binding: HttpBinding, *, body: Body, mask: PatchMask | None) -> "Whereabouts":
        """Those of a binding that boot has checked."""
        in_url = {one.field_path: one.name for one in binding.template.variables}
        return cls(in_url=in_url, body=body, mask=mask)

    def place(self, path: Path) -> str:
        """A JSON Pointer for a field of the body, a parameter's name for any other."""
        names = names_of(path)
        if names in self.in_url:
            return self.in_url[names]
        spelling = self.body.codec.field_json_name
        steps = [spelling(one) if isinstance(one, FieldDescriptor) else str(one) for one in path]
        depth = self.body.depth_of(names)
        return ".".join(steps) if depth is None else pointer(steps[depth:])

    def is_unchanged(self, message: Any, path: Path) -> bool:
        """Whether it is a field of the resource that the mask leaves alone."""
        names = tuple(
            one.name if isinstance(one, FieldDescriptor) else one
            for one in path
            if not isinstance(one, int)  # a mask names entries, never items
        )
        if self.mask is None or not names or names[0] != self.mask.resource.name:
            return False
        if not getattr(message, self.mask.mask.name).paths:
            return False  # nothing named: a create, or all is replaced
        return bool(names[1:]) and not self.mask.covers(message, names[1:])


def names_of(path: Path) -> tuple[str, ...]:
    """Field names alone, without items and entries."""
    return tuple(one.name for one in path if isinstance(one, FieldDescriptor))

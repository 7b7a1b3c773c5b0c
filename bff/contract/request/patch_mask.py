"""The mask of an update: made from the JSON of a PATCH whose client sent none, checked otherwise.

Why       A service clears what the mask names and the body lacks. So a mask that names a field
          which no client may see would destroy it, and one with a slip of the pen says nothing.
Called by bind.py.
Never     says "replace everything": an empty body would make an empty mask, which is refused (PA6);
          so is a name that nothing has, even where unknown fields are ignored: in a change, a
          slip of the pen would be a change that did not happen (grpc-gateway does the same).
Source    AIP-134, AIP-161; docs/spec/transcoding.md PA1-PA6; docs/spec/bad-input.md row 45.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.contract.codec import Codec, known
from bff.contract.codec.members import spellings
from bff.contract.codec.scalars import scalar_reader
from bff.contract.json_pointer import pointer
from bff.contract.json_text import JsonValue
from bff.contract.request.elsewhere import Elsewhere
from bff.contract.request.text_value import MAX_MASK_PATHS, NO_PATHS, UPDATE_MASK
from bff.contract.routes.http_rule import HttpBinding
from bff.terms.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchMask:
    """The mask field of a binding, and the field that it speaks of.

    infers  whether a mask that the client left out is made from the body
    owned   paths inside the resource that the URL fills: which resource, not what to change
    fields  by message type: its fields by every spelling, as they are met
    """

    mask: FieldDescriptor
    resource: FieldDescriptor
    infers: bool
    owned: frozenset[tuple[str, ...]]
    codec: Codec
    fields: dict[Descriptor, dict[str, FieldDescriptor]] = field(default_factory=dict)

    @classmethod
    def of(cls, request: Descriptor, binding: HttpBinding, codec: Codec) -> "PatchMask | None":
        """None for a request that has no mask, or whose mask does not speak of one field of it."""
        masks = [one for one in request.fields if _is_mask(one)]
        resources = _resources(request, binding)
        if len(masks) != 1 or len(resources) != 1:
            return None
        infers = binding.method == "PATCH" and binding.body != "*"
        if not infers and masks[0].name != UPDATE_MASK:
            return None
        return cls(
            mask=masks[0],
            resource=resources[0],
            infers=infers,
            owned=frozenset(
                variable.field_path[1:]
                for variable in binding.template.variables
                if variable.field_path[0] == resources[0].name
            ),
            codec=codec,
        )

    def finish(self, message: Any, elsewhere: Elsewhere) -> None:
        """Make the mask, or check the one that the client sent.

        Raises BadInput: invalid-field-mask, or invalid-field where no mask can be made
        """
        paths = getattr(message, self.mask.name).paths
        if paths:
            self._check(paths, elsewhere)
        elif self.infers:
            made = self.inferred(elsewhere.value)
            if not made:
                raise BadInput.at("", "send the fields to change; an empty change is no change")
            paths.extend(made)
        elif self.mask.name in elsewhere.given:
            raise BadInput.at(
                elsewhere.given[self.mask.name], NO_PATHS, reason="invalid-field-mask"
            )

    def inferred(self, body: JsonValue) -> list[str]:
        """The paths that the keys of a body name, which was read without complaint; sorted.

        Raises BadInput (unknown-field) for a key that names nothing: a lenient reader let it pass.
        """
        found = self._paths(body, known.message_of(self.resource), ())
        return sorted({".".join(path) for path in found if path not in self.owned})

    def covers(self, message: Any, names: tuple[str, ...]) -> bool:
        """Whether the mask names this field of the resource, or a message around it."""
        paths = getattr(message, self.mask.name).paths
        return any(names[: path.count(".") + 1] == tuple(path.split(".")) for path in paths)

    def _check(self, paths: Any, elsewhere: Elsewhere) -> None:
        what = ""
        if len(paths) > MAX_MASK_PATHS:
            what = f"send at most {MAX_MASK_PATHS} field names"
        elif not all(self._names_a_field(path.split(".")) for path in paths):
            what = "there is no such field to change"
        if what:
            where = elsewhere.spelling((self.mask,))
            raise BadInput.at(where, what, reason="invalid-field-mask")

    def _names_a_field(self, names: list[str]) -> bool:
        """A map's key and what is inside a Struct pass: those names are data (AIP-161)."""
        message: Descriptor | None = known.message_of(self.resource)
        for index, name in enumerate(names):
            field = None if message is None else message.fields_by_name.get(name)
            if field is None or field.full_name in self.codec.options.omit_sensitive:
                return False
            if known.is_map(field):
                return len(names) - index <= 2
            message = field.message_type if not field.is_repeated else None
            if message is not None and message.full_name == known.STRUCT:
                return True
        return True

    def _paths(
        self,
        value: JsonValue,
        message: Descriptor,
        way: tuple[str, ...],
        at: tuple[str, ...] = (),
    ) -> Iterator[tuple[str, ...]]:
        """`way` in the names of the proto, `at` as the client spelled it."""
        fields = self.fields.get(message)
        if fields is None:
            fields = self.fields[message] = spellings(list(message.fields))
        for name, item in value.items() if isinstance(value, dict) else ():
            field = fields.get(name)
            if field is None or field.full_name in self.codec.options.omit_sensitive:
                what = "there is no such field to change"
                raise BadInput.at(pointer((*at, name)), what, reason="unknown-field")
            if self._was_skipped(field, item):
                continue
            here = (*way, field.name)
            inner = field.message_type
            if isinstance(item, dict) and item and inner is not None and _is_plain(field):
                yield from self._paths(item, inner, here, (*at, name))
            else:
                yield here

    def _was_skipped(self, field: FieldDescriptor, item: JsonValue) -> bool:
        """A lenient reader passes over unknown enum names: nothing changes."""
        if field.enum_type is None or field.is_repeated or not isinstance(item, str):
            return False
        return scalar_reader(field, self.codec.options)(item) is None


def _resources(request: Descriptor, binding: HttpBinding) -> list[FieldDescriptor]:
    """The message that the body is, or those of a whole request in the body."""
    fields = [one for one in request.fields if one.message_type is not None and _is_plain(one)]
    if binding.body == "*":
        return fields
    return [one for one in fields if one.name == binding.body]


def _is_mask(field: FieldDescriptor) -> bool:
    kind = field.message_type
    return kind is not None and kind.full_name == known.FIELD_MASK and not field.is_repeated


def _is_plain(field: FieldDescriptor) -> bool:
    """A message whose JSON is its fields: no list, no map, nothing well known (PA4)."""
    return not field.is_repeated and known.message_of(field).full_name not in known.WELL_KNOWN

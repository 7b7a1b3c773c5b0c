"""One path variable's value into its field; what the query or the body says otherwise is refused.

Called by bind.py.
Never     lets anything but the path decide (PM16): other systems let a query parameter win, and
          serve one resource under another one's URL.
Source    docs/spec/transcoding.md PM15, PM16, PT9, PT10; docs/spec/bad-input.md row 38.
"""

from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.contract.codec import Codec
from bff.contract.field_path import walk
from bff.contract.json_options import JsonLimits
from bff.contract.request.elsewhere import Elsewhere
from bff.contract.request.text_value import PutText, Unfit, text_setter
from bff.contract.routes.path_template import Variable
from bff.terms.errors import BadInput

Fields = tuple[FieldDescriptor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathValue:
    """One variable: `path` leads to its field; `set` puts a value there, whatever was before."""

    name: str
    names: tuple[str, ...]
    path: Fields
    set: PutText

    @classmethod
    def of(
        cls, request: Descriptor, variable: Variable, *, codec: Codec, limits: JsonLimits
    ) -> "PathValue":
        """The value of a variable that boot has checked."""
        path = walk(request, variable.field_path)
        put = text_setter(path[-1], codec=codec, limits=limits)
        if put is None:  # boot has refused such a variable: field_path.path_misfit
            raise TypeError(f"{path[-1].full_name} holds no text")
        if path[-1].message_type is not None:
            put = _replacing(path[-1].name, put)
        return cls(
            name=variable.name,
            names=variable.field_path,
            path=path,
            set=_named(variable.name, _inside(variable.field_path[:-1], put)),
        )

    def put(self, message: Any, text: str, elsewhere: Elsewhere) -> None:
        """Set the field. Raises BadInput for a bad value, or for another value elsewhere."""
        rival = elsewhere.spelling(self.path)
        if not rival:
            self._check_choices(message, elsewhere)
            self.set(message, text)
            return
        before = _bytes(message)
        self.set(message, text)
        if before != _bytes(message):
            what = f"the path says another value for {self.name}; leave this out"
            raise BadInput.at(rival, what, reason="binding-conflict")

    def _check_choices(self, message: Any, elsewhere: Elsewhere) -> None:
        """Another member of a oneof on the way would be unset in silence."""
        for index, field in enumerate(self.path):
            oneof = field.containing_oneof
            member = message.WhichOneof(oneof.name) if oneof is not None else None
            if member not in (None, field.name):
                other = message.DESCRIPTOR.fields_by_name[member]
                where = elsewhere.spelling((*self.path[:index], other)) or self.name
                what = f"the path sets {self.name}, which excludes this"
                raise BadInput.at(where, what, reason="oneof-conflict")
            if index < len(self.path) - 1:
                message = getattr(message, field.name)


def _named(name: str, put: PutText) -> PutText:
    """`put`, with the variable's name in what it raises (PM15)."""

    def put_named(message: Any, text: str) -> None:
        try:
            put(message, text)
        except Unfit as unfit:
            raise BadInput.at(name, str(unfit), reason=unfit.reason) from None
        except ValueError as wrong:
            raise BadInput.at(name, str(wrong)) from None

    return put_named


def _inside(way: tuple[str, ...], put: PutText) -> PutText:
    """`put` in the message that `way` leads to; setting a field there, even to its zero, makes what
    is missing (PT9).
    """
    if not way:
        return put

    def put_inside(message: Any, text: str) -> None:
        for name in way:
            message = getattr(message, name)
        put(message, text)

    return put_inside


def _replacing(name: str, put: PutText) -> PutText:
    """A message is merged into what is there, unless that is cleared."""

    def replace(message: Any, text: str) -> None:
        message.ClearField(name)
        put(message, text)

    return replace


def _bytes(message: Any) -> bytes:
    """What it holds, NaN equal to NaN; a proto2 message may lack required fields here."""
    data: bytes = message.SerializePartialToString(deterministic=True)
    return data

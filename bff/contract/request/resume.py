"""How a client that lost its stream goes on where it was: the option (bff.v1.stream) of an rpc.

Why       A browser reconnects by itself and sends the id of the last event that it saw. Only the
          proto can say which field of the reply that id is, and which field of the request takes
          it.
Called by compose/transcode.py (at boot), compose/streams.py.
Never     lets an id reach a field by other rules than the query's: garbage is a BadInput.
Source    WHATWG HTML "Server-sent events" (Last-Event-ID); docs/spec/transcoding.md ST7;
          docs/spec/bad-input.md row 120.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message

from bff.contract.codec import Codec
from bff.contract.field_path import walk
from bff.contract.json_options import JsonLimits
from bff.contract.proto_options import ProtoOptions
from bff.contract.request.text_value import PutText, Unfit, text_setter
from bff.terms.errors import BadInput
from bff.terms.mistakes import ContractMistake

LAST_EVENT_ID = "last-event-id"
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resume:
    """Both are field paths by proto name; () for none."""

    event_id: Names = ()
    resume_from: Names = ()


NO_RESUME = Resume()


def resume_of(
    options: ProtoOptions,
    method: MethodDescriptor,
    mistakes: list[ContractMistake],
    *,
    hidden: frozenset[str],
) -> Resume:
    """Read and check the option of a server streaming rpc; what is wrong goes into `mistakes`.

    hidden  full names of fields that no client may see
    """
    found: Any = options.value(method, "bff.v1.stream")
    if found is None:
        return NO_RESUME
    wrong = [*_misfits("event_id", found.event_id, message=method.output_type, hidden=hidden)]
    wrong += _misfits("resume_from", found.resume_from, message=method.input_type, hidden=hidden)
    if not method.server_streaming:
        wrong.append("is for rpcs that return a stream: take it away")
    mistakes += (
        ContractMistake(f"(bff.v1.stream) {what}", where=method.full_name) for what in wrong
    )
    return Resume(_names(found.event_id), _names(found.resume_from))


def _names(path: str) -> Names:
    return tuple(path.split(".")) if path else ()


def _misfits(
    option: str, path: str, *, message: Descriptor, hidden: frozenset[str]
) -> Iterator[str]:
    try:
        fields = walk(message, _names(path))
    except ValueError as why:
        yield f"{option} `{path}`: {why}"
        return
    if fields and (fields[-1].is_repeated or fields[-1].message_type is not None):
        yield f"{option} `{path}`: this is not one number or text"
    if any(field.full_name in hidden for field in fields):
        yield f"{option} `{path}`: this is hidden from clients"


class LastEventId:
    """Puts the id of the last event that a client saw into its next request."""

    def __init__(self, path: Sequence[FieldDescriptor], put: PutText) -> None:
        self._path = path
        self._put = put

    @classmethod
    def of(
        cls, request: type[Message], resume: Resume, *, codec: Codec, limits: JsonLimits
    ) -> "LastEventId | None":
        """None where the rpc takes none. Boot has checked the field."""
        described: Any = request.DESCRIPTOR
        path = walk(described, resume.resume_from)
        put = text_setter(path[-1], codec=codec, limits=limits) if path else None
        return cls(path, put) if put else None

    def __repr__(self) -> str:
        return f"<LastEventId into {self._path[-1].full_name}>"

    def into(self, message: Message, event_id: str) -> None:
        """Replace what the field has. Raises BadInput for an id that it never gave."""
        parent = _parent(message, self._path)
        parent.ClearField(self._path[-1].name)
        try:
            self._put(parent, event_id)
        except Unfit as unfit:
            raise BadInput.at(LAST_EVENT_ID, str(unfit), reason=unfit.reason) from None
        except ValueError as wrong:
            raise BadInput.at(LAST_EVENT_ID, str(wrong)) from None


def _parent(message: Any, path: Sequence[FieldDescriptor]) -> Any:
    for field in path[:-1]:
        message = getattr(message, field.name)
    return message

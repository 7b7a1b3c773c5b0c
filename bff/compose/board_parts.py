"""Check the parts of a board against the contract, and compile what reads their replies.

Called by compose/boards.py, at boot.
Never     stops at the first mistake of a board.
Source    docs/spec/views.md; house decision 1 (the wire is not parsed into objects).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.compose.endpoint import Schema
from bff.compose.inputs import Input
from bff.compose.parts import Board, Given, Part
from bff.contract.catalog import Catalog, RpcMethod
from bff.contract.codec import Codec
from bff.contract.codec.native_engine import Engine
from bff.contract.codec.projection import projected_message
from bff.contract.codec.wire_writer import WireWriter
from bff.contract.field_path import walk
from bff.contract.json_options import JsonOptions
from bff.contract.schema import Schemas
from bff.contract.schema.messages import nullable
from bff.contract.schema.well_known import BINARY
from bff.terms.context import Identity
from bff.terms.errors import Failure
from bff.terms.mistakes import ContractMistake, ContractMistakes

AnyPart = Part[Any, Any]
_ERRORS = "errors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A part that fits: what writes its member, and the member's schema."""

    name: str
    write: WireWriter
    schema: Schema


class PartReader:
    """Reads the parts of one board; `components` grows with what their schemas refer to."""

    def __init__(
        self,
        catalog: Catalog,
        options: JsonOptions,
        *,
        inputs: tuple[Input, ...],
        engine: Engine,
    ) -> None:
        self._catalog = catalog
        self._codec = Codec(options, pool=catalog.pool, engine=engine)
        self._schemas = Schemas(options, catalog.describe)
        self._sample = Given(Identity(subject="somebody"), {one.name: _any(one) for one in inputs})

    def __repr__(self) -> str:
        return f"<PartReader of {self._catalog!r}>"

    @property
    def components(self) -> Mapping[str, Schema]:
        return self._schemas.components

    def checked(self, board: Board, mistakes: list[ContractMistake]) -> list[Checked]:
        """Those that fit, in their order."""
        found: list[Checked] = []
        seen: set[str] = set()
        if not board.parts:
            mistakes.append(ContractMistake("a board shows nothing without parts"))
        for part in board.parts:
            own = [*_name_mistakes(part, seen), *_limit_mistakes(part)]
            try:
                found.append(self._part(part, f"{board.name}.{part.name}"))
            except ContractMistakes as group:
                own += (one for one in group.exceptions if isinstance(one, ContractMistake))
            mistakes += (_about(part, one) for one in own)
        return found

    def _part(self, part: AnyPart, name: str) -> Checked:
        rpc = self._rpc(part)
        path = _walked(rpc, part)
        self._try(part)
        write = self._codec.writer(rpc.reply, path=part.path, projection=part.show)
        schema = self._schema(part, rpc, path, name=name)
        if schema == BINARY:
            raise _one_mistake("raw bytes have no place in JSON")
        schema = _or_null(schema) if part.soft else schema
        return Checked(name=part.name, write=write, schema=schema)

    def _rpc(self, part: AnyPart) -> RpcMethod:
        rpc = self._catalog.methods.get(part.rpc.name)
        if rpc is None:
            raise _one_mistake(f"no service has the rpc {part.rpc.name}")
        if not rpc.unary:
            raise _one_mistake(f"{part.rpc.name} streams: a part asks once and is answered once")
        return rpc

    def _schema(
        self, part: AnyPart, rpc: RpcMethod, path: tuple[FieldDescriptor, ...], *, name: str
    ) -> Schema:
        reply = cast("Descriptor", rpc.reply.DESCRIPTOR)
        if part.show is None:
            if not path:
                return self._schemas.message(reply, writing=True)
            return self._schemas.response_body(path[-1], nested=len(path) > 1)
        message = projected_message(path[-1]) if path else reply
        # the codec, which was asked before, refuses to project what is no message
        return self._schemas.projected(path, cast("Descriptor", message), part.show, name=name)

    def _try(self, part: AnyPart) -> None:
        """Ask as a request would: an input that is not there is found now."""
        try:
            request = part.ask(self._sample)
        except Failure:
            return  # these inputs were made up: it may refuse them
        except Exception as bug:
            raise _one_mistake(f"its ask raises {type(bug).__name__}: {bug}") from bug
        if not isinstance(request, part.rpc.request):
            wanted = part.rpc.request.__name__
            raise _one_mistake(f"its ask makes a {type(request).__name__}, not a {wanted}")


def _or_null(schema: Schema) -> Schema:
    """Null where the part failed; it may be null already where the service left it unset."""
    kind, choices = schema.get("type"), schema.get("anyOf")
    already = isinstance(kind, list) and "null" in kind
    already |= isinstance(choices, list) and {"type": "null"} in choices
    return schema if already else nullable(schema)


def _walked(rpc: RpcMethod, part: AnyPart) -> tuple[FieldDescriptor, ...]:
    try:
        return walk(cast("Descriptor", rpc.reply.DESCRIPTOR), part.path)
    except ValueError as wrong:
        raise _one_mistake(f"path: {wrong}") from None


def _name_mistakes(part: AnyPart, seen: set[str]) -> list[ContractMistake]:
    found = []
    if not (part.name.isidentifier() and part.name.isascii()):
        found.append(ContractMistake("name it with letters, digits and _"))
    if part.name == _ERRORS:
        found.append(ContractMistake("this name is that of the list of what failed"))
    if part.name in seen:
        found.append(ContractMistake("another part has this name"))
    seen.add(part.name)
    return found


def _limit_mistakes(part: AnyPart) -> list[ContractMistake]:
    if part.deadline_ms is not None and part.deadline_ms <= 0:
        return [ContractMistake("deadline_ms must be above 0")]
    return []


def _about(part: AnyPart, mistake: ContractMistake) -> ContractMistake:
    where = f" ({mistake.where})" if mistake.where else ""
    return ContractMistake(f"part {part.name}: {mistake.what}{where}")


def _one_mistake(what: str) -> ContractMistakes:
    return ContractMistakes.of([ContractMistake(what)])


def _any(one: Input) -> str | int:
    """A value that the input may have."""
    if one.default is not None:
        return one.default
    return "x" if one.kind is str else 1

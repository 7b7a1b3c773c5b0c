"""The rules of message types, compiled once each, and what of a message breaks them.

Why       Most types have none: those must cost nothing, at boot or later.
Called by request/broken.py, compose/transcode.py.
Never     looks into a field whose rules are to be ignored (IGNORE_ALWAYS).
Source    buf/validate/validate.proto (MessageRules, OneofRules).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from bff.contract.inside import Inside, Path, held, insides, reachable
from bff.contract.proto_options import ProtoOptions
from bff.contract.rules.fields import FieldCheck, field_check

_FIELD, _ONEOF, _MESSAGE = (f"buf.validate.{one}" for one in ("field", "oneof", "message"))


class Fault(NamedTuple):
    """One broken rule. `members`: the fields of the message at `path` that it speaks of, if it is
    not about what is at `path` itself.
    """

    path: Path
    sentence: str
    members: tuple[FieldDescriptor, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Fields of which one may be set; `required`: must be."""

    fields: tuple[FieldDescriptor, ...]
    required: bool

    def broken(self, message: Any) -> str:
        """What to send instead, or ""."""
        count = sum(_is_set(message, field) for field in self.fields)
        names = ", ".join(field.json_name for field in self.fields)
        if not count and self.required:
            return f"one of these is required: {names}"
        return f"send only one of {names}" if count > 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCheck:
    """The rules of one message type. `closed`: fields whose messages are not looked into."""

    fields: tuple[FieldCheck, ...] = ()
    choices: tuple[Choice, ...] = ()
    closed: frozenset[FieldDescriptor] = frozenset()
    unchecked: tuple[str, ...] = ()

    @property
    def needed(self) -> bool:
        return bool(self.fields or self.choices)


class Rules:
    """The rules that the options of one descriptor pool set."""

    def __init__(self, options: ProtoOptions) -> None:
        self._options = options
        self._none = not any(map(options.defines, (_FIELD, _ONEOF, _MESSAGE)))
        self._checks: dict[Descriptor, MessageCheck] = {}
        self._ways: dict[Descriptor, tuple[tuple[FieldDescriptor, Inside], ...]] = {}

    def __repr__(self) -> str:
        return f"<Rules of {len(self._checks)} messages>"

    def of(self, message: Descriptor) -> MessageCheck:
        """The message's own rules."""
        found = self._checks.get(message)
        if found is None:
            found = self._checks[message] = self._compiled(message)
        return found

    def reach(self, message: Descriptor) -> bool:
        """Whether the message, or one inside it, has any rules."""
        return not self._none and any(self.of(one).needed for one in reachable(message))

    def unchecked(self, message: Descriptor) -> frozenset[str]:
        """ "pkg.Message.field: cel" for every option in reach that is not followed."""
        if self._none:
            return frozenset()
        return frozenset(what for one in reachable(message) for what in self.of(one).unchecked)

    def faults(self, message: Message, way: Path = ()) -> Iterator[Fault]:
        """Every broken rule, in declared order, the message's own before those inside."""
        descriptor: Any = message.DESCRIPTOR
        check = self.of(descriptor)
        for one in check.fields:
            for step, sentence in one.wrong(message):
                yield Fault((*way, one.field, *step), sentence)
        for choice in check.choices:
            if what := choice.broken(message):
                yield Fault(way, what, choice.fields)
        for field, inside in self._ways_of(descriptor):
            for step, inner in inside(message):
                yield from self.faults(inner, (*way, field, *step))

    def _ways_of(self, message: Descriptor) -> tuple[tuple[FieldDescriptor, Inside], ...]:
        found = self._ways.get(message)
        if found is None:
            closed = self.of(message).closed
            found = self._ways[message] = tuple(
                (field, insides(field))
                for field in message.fields
                if field not in closed
                if (inner := held(field)) is not None and self.reach(inner)
            )
        return found

    def _compiled(self, message: Descriptor) -> MessageCheck:
        options: Any = self._options.value(message, _MESSAGE)
        groups, unchecked = _groups(message, options) if options is not None else ((), [])
        grouped = {field for group in groups for field in group.fields}
        checks: list[FieldCheck] = []
        for field in message.fields:
            set_here: Any = self._options.value(field, _FIELD)
            if set_here is not None:
                check, missed = field_check(field, set_here)
                alone = field in grouped and not set_here.HasField("ignore")
                checks.append(replace(check, skips_zero=True) if alone else check)
                unchecked += [f"{field.full_name}: {name}" for name in missed]
        return MessageCheck(
            fields=tuple(one for one in checks if one.needed),
            choices=(*self._oneofs(message), *groups),
            closed=frozenset(one.field for one in checks if not one.open),
            unchecked=tuple(unchecked),
        )

    def _oneofs(self, message: Descriptor) -> Iterator[Choice]:
        for oneof in message.oneofs:
            options: Any = self._options.value(oneof, _ONEOF)
            if options is not None and options.required:
                yield Choice(tuple(oneof.fields), required=True)


def _groups(message: Descriptor, options: Any) -> tuple[tuple[Choice, ...], list[str]]:
    """The `oneof` lists of a MessageRules, and what else it asks for."""
    named = {option.name: value for option, value in options.ListFields()}
    lists = named.pop("oneof", ())
    fields = message.fields_by_name
    groups = tuple(
        Choice(tuple(fields[name] for name in one.fields), one.required)
        for one in lists
        if all(name in fields for name in one.fields)
    )
    return groups, [f"{message.full_name}: {name}" for name in named]


def _is_set(message: Any, field: FieldDescriptor) -> bool:
    if field.has_presence:
        return bool(message.HasField(field.name))
    return bool(getattr(message, field.name))

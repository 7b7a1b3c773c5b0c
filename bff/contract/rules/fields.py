"""The rules of one field: on its value, on how many it holds, on each of those.

Called by messages.py.
Never     applies a rule to a field that tracks presence and is unset: `required` alone speaks then.
Source    buf/validate/validate.proto (FieldRules, Ignore, RepeatedRules, MapRules).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from google.protobuf.descriptor import FieldDescriptor

from bff.contract.codec import known
from bff.contract.inside import key_text
from bff.contract.rules.rule import Made, Rule, counted, made
from bff.contract.rules.values import is_wrapper, value_rules

_REQUIRED = "this field is required; send a value"
_IF_ZERO, _ALWAYS = 1, 3
Wrong = Iterator[tuple[tuple[int | str, ...], str]]
"""The index or key of what is wrong inside of the field, if any, and what to send."""


class Each(NamedTuple):
    """Rules on every item, key or value. `skips_zero`: an empty one need not follow them."""

    rules: tuple[Rule, ...] = ()
    skips_zero: bool = False
    wrapped: bool = False

    def broken(self, value: Any) -> Iterator[str]:
        plain = value.value if self.wrapped else value
        if not (self.skips_zero and not plain):
            for rule in self.rules:
                if not rule.holds(plain):
                    yield rule.sentence
                    return


_NOTHING = Each()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCheck:
    """What one field must look like.

    whole   on a single value, or on a list or map as such
    items   on the items of a list, or the values of a map
    open    whether the rules of the messages that it holds count, too
    """

    field: FieldDescriptor
    required: bool = False
    skips_zero: bool = False
    whole: Each = _NOTHING
    items: Each = _NOTHING
    keys: Each = _NOTHING
    open: bool = True

    @property
    def needed(self) -> bool:
        """Whether it can find anything."""
        rules = (*self.whole.rules, *self.items.rules, *self.keys.rules)
        return self.required or bool(rules)

    def wrong(self, message: Any) -> Wrong:
        """What of the message's field is wrong; of one value the first thing only."""
        value = getattr(message, self.field.name)
        tracked = self.field.has_presence
        if not (message.HasField(self.field.name) if tracked else value):
            if self.required:
                yield (), _REQUIRED
                return
            if tracked or self.skips_zero:
                return
        for sentence in self.whole.broken(value):
            yield (), sentence
        yield from self._within(value)

    def _within(self, value: Any) -> Wrong:
        if known.is_map(self.field):
            for key, item in value.items():
                for sentence in self.keys.broken(key):
                    yield (key_text(key),), f"another key: {sentence}"
                for sentence in self.items.broken(item):
                    yield (key_text(key),), sentence
        elif self.items.rules:
            for index, item in enumerate(value):
                for sentence in self.items.broken(item):
                    yield (index,), sentence


def field_check(field: FieldDescriptor, options: Any) -> tuple[FieldCheck, list[str]]:
    """The check that a `buf.validate.FieldRules` asks for, and the options that it can't follow."""
    if options.ignore == _ALWAYS:
        return FieldCheck(field=field, open=False), []
    kind = options.WhichOneof("type")
    unchecked = _unfollowed(options)
    parts: dict[str, Any] = {}
    if kind == "map" and known.is_map(field):
        parts = _of_map(field, options.map, unchecked)
    elif kind == "repeated" and field.is_repeated and not known.is_map(field):
        parts = _of_list(field, options.repeated, unchecked)
    elif field.is_repeated and kind is not None:
        unchecked.append(kind)
    elif not field.is_repeated:
        parts = {"whole": _each(field, options, unchecked, prefix="")}
    skips = options.ignore == _IF_ZERO
    check = FieldCheck(field=field, required=options.required, skips_zero=skips, **parts)
    return check, unchecked


def _unfollowed(options: Any) -> list[str]:
    """What is set beside the standard rules: CEL, and whatever a later version has."""
    follows = {"required", "ignore"}
    return [
        option.name
        for option, _ in options.ListFields()
        if option.name not in follows and option.containing_oneof is None
    ]


def _each(field: FieldDescriptor, options: Any, unchecked: list[str], *, prefix: str) -> Each:
    found = value_rules(options, field)
    unchecked += [f"{prefix}{name}" for name in found.unchecked]
    skips = bool(prefix) and options.ignore == _IF_ZERO
    return Each(tuple(found.rules), skips, is_wrapper(field))


def _inner(field: FieldDescriptor, options: Any, name: str, unchecked: list[str]) -> Each:
    """Rules on what a list or map holds: `name` is items, keys or values."""
    inner = getattr(options, name)
    if inner.ignore == _ALWAYS:
        return Each()
    unchecked += [f"{name}.{one}" for one in _unfollowed(inner)]
    return _each(field, inner, unchecked, prefix=f"{name}.")


def _of_list(field: FieldDescriptor, options: Any, unchecked: list[str]) -> dict[str, Any]:
    makers = counted(len, ("item", "items"), ("min_items", "max_items"))
    if field.message_type is None:
        makers["unique"] = lambda on: _UNIQUE if on else None
    whole = _whole(made(options, makers, done=["items"]), unchecked, "repeated")
    items = _inner(field, options, "items", unchecked)
    return {"whole": whole, "items": items, "open": options.items.ignore != _ALWAYS}


def _of_map(field: FieldDescriptor, options: Any, unchecked: list[str]) -> dict[str, Any]:
    entry = known.message_of(field).fields_by_name
    makers = counted(len, ("entry", "entries"), ("min_pairs", "max_pairs"))
    return {
        "whole": _whole(made(options, makers, done=["keys", "values"]), unchecked, "map"),
        "keys": _inner(entry["key"], options, "keys", unchecked),
        "items": _inner(entry["value"], options, "values", unchecked),
        "open": options.values.ignore != _ALWAYS,
    }


def _whole(found: Made, unchecked: list[str], kind: str) -> Each:
    unchecked += [f"{kind}.{name}" for name in found.unchecked]
    return Each(tuple(found.rules))


_UNIQUE = Rule(lambda value: len(set(value)) == len(value), "send no item twice")

"""The second loop: native code and the pure engine get the same inputs, and must agree.

Why       The driver sees that C answers safely; only the pure engine says whether it answers right.
Rule      Native declines (None), or answers as pure does: the same JSON, or wire that holds an
          equal message. What pure refuses, native must decline.
Called by the fuzz command, tests/contract/codec/test_fuzz_corpus.py.
Never     lets an engine correct the other: `native` and `pure` are asked by themselves.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import EncodeError

from bff.contract import json_text
from bff.contract.codec import Codec
from bff.contract.codec.native_engine import Engine, chosen
from bff.contract.json_options import JsonOptions
from bff.terms.errors import BadInput, ServiceSilent
from tests.contract.codec.native_reading import held
from tests.fuzz import targets
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import LIMITS, Target, asked

_PURE = Engine(None, "it is what native is compared with")
_MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What each engine made of one input; None: native declined, pure refused."""

    data: bytes
    native: object
    pure: object

    def __str__(self) -> str:
        way, target, _ = asked(self.data)
        name = target.kind.DESCRIPTOR.full_name
        return f"way {way} of {name}\n  native {self.native!r}\n  pure   {self.pure!r}"


def disagreement(data: bytes) -> Disagreement | None:
    """None: the engines agree about this input."""
    if not data:
        return None
    way, target, rest = asked(data)
    for native, pure in _answers(way, target, rest):
        if native not in (None, pure):
            return Disagreement(data, native, pure)
    return None


def run(corpus: Sequence[bytes], *, seed: int, for_s: float, finds: Path) -> tuple[int, int]:
    """Mutate and compare until the time is over: (inputs, disagreements), each of which is told."""
    random, began_s = Random(seed), time.monotonic()
    pool, inputs, found = list(corpus), 0, 0
    while time.monotonic() - began_s < for_s:
        data = mutated(random.choice(pool), random.choice(pool), random=random)[:_MOST_BYTES]
        inputs += 1
        if one := disagreement(data):
            found += 1
            path = finds / f"differs-{sha256(data).hexdigest()[:16]}"
            path.write_bytes(data)
            print(f"FOUND {path}: {one}", flush=True)
        elif random.random() < 0.05:  # some changes lead on, most of them nowhere
            pool[random.randrange(len(pool))] = data
    return inputs, found


@lru_cache(maxsize=100)
def _native(target: Target) -> Any:
    engine = chosen("native")
    return engine.native.Plan(target.tables().packed())


@lru_cache(maxsize=20)
def _codec(options: JsonOptions) -> Codec:
    return Codec(options, LIMITS, engine=_PURE)


@lru_cache(maxsize=1000)
def _writer(target: Target, path: tuple[str, ...]) -> Any:
    return _codec(target.options).writer(target.kind, path=path, projection=target.projection)


def _answers(way: int, target: Target, rest: bytes) -> Iterator[tuple[object, object]]:
    """(native's, pure's) to each question that an input is; None: declined, refused."""
    match way:
        case targets.WRITE:
            pure = _written(target, (), rest)
            if pure is not None or not target.projection:  # it does not look into what is not shown
                yield _native(target).write(0, rest), pure
        case targets.READ:
            yield _held(target, _native(target).read(0, rest)), _read(target, None, rest)
            yield _parsed_natively(rest), _parsed(rest)
        case _ if path := _path(way, target, rest):
            yield _of_field(way, target, path, json_or_wire=rest[2:])


def _of_field(
    way: int, target: Target, path: list[FieldDescriptor], *, json_or_wire: bytes
) -> tuple[object, object]:
    if way == targets.READ_FIELD:
        wire = _native(target).read_field(0, path[0].number, json_or_wire)
        return _held(target, wire), _read(target, path[0], json_or_wire)
    numbers = tuple(field.number for field in path)
    names = tuple(field.name for field in path)
    pure = _written(target, names, json_or_wire)
    native = _native(target).write_field(0, numbers, json_or_wire)
    return (None if pure is None and target.projection else native), pure


def _path(way: int, target: Target, rest: bytes) -> list[FieldDescriptor]:
    """The field that the first two bytes choose, as promises.c does it; [] for none to ask for."""
    fields = _by_number(target.kind.DESCRIPTOR)
    if len(rest) < 2 or not fields or target.projection:
        return []
    path = [fields[(rest[0] & 0x7F) % len(fields)]]
    inside = path[0].message_type
    if way == targets.WRITE_FIELD and rest[0] & 0x80 and inside and not path[0].is_repeated:
        path += [it[rest[1] % len(it)] for it in [_by_number(inside)] if it]
    hidden = target.options.omit_sensitive | target.options.omit_written
    return [] if any(field.full_name in hidden for field in path) else path


def _by_number(descriptor: Descriptor) -> list[FieldDescriptor]:
    return sorted(descriptor.fields, key=lambda field: field.number)


def _written(target: Target, path: tuple[str, ...], wire: bytes) -> bytes | None:
    try:
        written: bytes = _writer(target, path)(wire)
    except ServiceSilent:
        return None
    return written


def _read(target: Target, field: FieldDescriptor | None, json: bytes) -> bytes | None:
    """What the message holds; None: refused, or nobody could read it."""
    message, codec = target.kind(), _codec(target.options)
    try:
        value = json_text._parse(json, LIMITS)
        if field is None:
            codec.fill(message, value)
        else:
            codec.fill_field(message, field, value)
        return held(message)
    except (BadInput, EncodeError):
        return None


def _held(target: Target, wire: bytes | None) -> bytes | None:
    """NaN is unequal to itself, and -0.0 equals 0.0: bytes say what a message holds."""
    return None if wire is None else held(target.kind.FromString(wire))


def _parsed(json: bytes) -> str | None:
    try:
        return repr(json_text._parse(json, LIMITS))
    except BadInput:
        return None


def _parsed_natively(json: bytes) -> str | None:
    value = chosen("native").native.parse(json, LIMITS.depth, LIMITS.nodes)
    return None if value is NotImplemented else repr(value)

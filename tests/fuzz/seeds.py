"""Where fuzzing begins: messages of every target with ordinary values, as wire and as JSON.

Called by the fuzz command.
Never     differs from run to run: the same targets have the same seeds.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from bff.contract.codec import Codec
from bff.contract.codec.known import is_map, message_of
from bff.terms.errors import ServiceSilent
from tests.fuzz.targets import READ, READ_FIELD, WRITE, WRITE_FIELD, Target, question, targets

EACH = 6  # messages of one target, from nearly empty to full
_TEXTS = ["", "a", "two words", 'q"\\/\n\x01', "é€😀", "x" * 40]
_PATHS = ["a", "a_b", "a_b.c_d", "name"]
_NUMBERS = [0, 1, 2, 3, 7, 100, 127, 128, 65536, 2**31 - 1]
_REALS = [0.0, -0.0, 1.0, 0.1, -2.5, 1e16, 1.5e-7, 123456.789, 3.4e38]
_TIMES = ("google.protobuf.Timestamp.", "google.protobuf.Duration.")
_WIDE = {FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64}
_SIGNED = {FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64}


def seeds() -> Iterator[bytes]:
    for number, target in enumerate(targets()):
        random = Random(number)
        for fullness in range(1, EACH + 1):
            message = target.kind()
            _fill(message, random, share=fullness / EACH, depth=3)
            yield from _asked(message, target, number, random=random)
    yield from _crowds()


def _asked(message: Any, target: Target, number: int, *, random: Random) -> Iterator[bytes]:
    wire = message.SerializePartialToString()
    place = bytes([random.randrange(256), random.randrange(256)])
    yield question(WRITE, number, wire)
    yield question(WRITE_FIELD, number, place + wire)
    try:
        json = Codec(target.options).write(message)
    except ServiceSilent:  # a FieldMask or Duration that has no JSON
        return
    yield question(READ, number, json)
    yield question(READ, number, json.replace(b'""', b"null").replace(b"[]", b"null"))
    fields = message.DESCRIPTOR.fields
    for field, _ in message.ListFields():
        place = bytes([fields.index(field) & 0x7F, 0])
        path = (field.name,)
        if not field.is_extension and field.full_name not in target.options.omit_sensitive:
            yield question(READ_FIELD, number, place + Codec(target.options).write(message, path))


def _crowds() -> Iterator[bytes]:
    """More than the walkers have on their stack: keys to compare, entries to sort, runs to keep."""
    for number, target in enumerate(targets()):
        message = target.kind()
        match target.kind.DESCRIPTOR.full_name:
            case "google.protobuf.Struct":
                message.update({f"k{place * 7 % 40}\n": place for place in range(40)})
            case "rich.v1.Maps":
                for place in range(40):
                    message.texts[f"k{place * 7 % 40}"] = "v"
                    message.i32[20 - place * 7 % 40] = place
            case "rich.v1.Tree":
                for _ in range(10):
                    message.children.add(name="x" * 60).children.add().scalars.i32 = 1
            case _:
                continue
        yield from _asked(message, target, number, random=Random(number))


def _fill(message: Any, random: Random, *, share: float, depth: int) -> None:
    for field in message.DESCRIPTOR.fields:
        is_any = field.message_type and field.message_type.full_name == "google.protobuf.Any"
        if random.random() > share or is_any or (field.message_type and depth == 0):
            continue
        if is_map(field):
            for _ in range(random.randrange(3)):
                _fill_entry(getattr(message, field.name), field, random, depth=depth)
        elif field.is_repeated:
            for _ in range(random.randrange(4)):
                _append(getattr(message, field.name), field, random, depth=depth)
        elif field.message_type is not None:
            getattr(message, field.name).SetInParent()
            _fill(getattr(message, field.name), random, share=share, depth=depth - 1)
        else:
            setattr(message, field.name, _scalar(field, random))


def _fill_entry(entries: Any, field: FieldDescriptor, random: Random, *, depth: int) -> None:
    key, value = (message_of(field).fields_by_name[name] for name in ("key", "value"))
    if value.message_type is None:
        entries[_scalar(key, random)] = _scalar(value, random)
    else:
        _fill(entries[_scalar(key, random)], random, share=0.5, depth=depth - 1)


def _append(items: Any, field: FieldDescriptor, random: Random, *, depth: int) -> None:
    if field.message_type is None:
        items.append(_scalar(field, random))
    else:
        _fill(items.add(), random, share=0.5, depth=depth - 1)


def _scalar(field: FieldDescriptor, random: Random) -> Any:
    if field.enum_type is not None:
        return random.choice(field.enum_type.values).number
    if field.type == FieldDescriptor.TYPE_BYTES:
        return random.randbytes(random.randrange(6))
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING:
            is_path = field.full_name == "google.protobuf.FieldMask.paths"
            return random.choice(_PATHS if is_path else _TEXTS)
        case FieldDescriptor.CPPTYPE_BOOL:
            return random.random() < 0.5
        case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
            return random.choice(_REALS)
    number = random.choice(_NUMBERS) << (random.choice([0, 0, 31]) * (field.cpp_type in _WIDE))
    if field.full_name.startswith(_TIMES):
        return random.choice([0, 1, 1_000_000, 123_456_789])
    return -number if field.cpp_type in _SIGNED and random.random() < 0.3 else number

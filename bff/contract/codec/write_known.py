"""Values and well-known messages to what orjson writes: the functions that generated writers call.

Called by the functions that writer_source generates, by name.
Never     writes null or NaN for what JSON can't hold: a ValueError, and a 502 for the client.
Source    docs/spec/transcoding.md PJ3, PJ4, PJ12-PJ14; protobuf's ProtoJSON page.
"""

from binascii import b2a_base64
from math import isfinite, isnan
from struct import pack, unpack
from typing import Any

from bff.contract.codec.mask_text import field_mask_text
from bff.contract.codec.time_text import duration_text, timestamp_text

MAX_DOUBLE = 1.7976931348623157e308
_EXACT_FLOAT_INTEGERS = 16_777_216.0  # up to 2**24 a float holds every integer


def base64_text(value: bytes) -> str:
    """Standard base64, padded."""
    return b2a_base64(value, newline=False).decode("ascii")


def finite_or_text(value: float) -> float | str:
    """The number, or "NaN", "Infinity", "-Infinity"."""
    if isfinite(value):
        return value
    if isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def short_float(value: float) -> float | str:
    """The shortest double that is the same float32: 0.1, not 0.10000000149011612."""
    if not isfinite(value):
        return finite_or_text(value)
    if value.is_integer() and -_EXACT_FLOAT_INTEGERS <= value <= _EXACT_FLOAT_INTEGERS:
        return value
    for digits in (6, 7, 8):
        short = float(f"{value:.{digits}g}")
        if abs(short) <= MAX_DOUBLE and _as_float32(short) == value:
            return short
    return float(f"{value:.9g}")


def _as_float32(value: float) -> float:
    try:
        rounded: float = unpack("f", pack("f", value))[0]
    except OverflowError:
        return float("inf")
    return rounded


def negative_zero(value: float) -> bool:
    """-0.0 is not the default of an implicit float field, though it equals it."""
    return value == 0.0 and str(value) == "-0.0"


def timestamp_json(message: Any) -> str:
    return timestamp_text(message.seconds, message.nanos)


def duration_json(message: Any) -> str:
    return duration_text(message.seconds, message.nanos)


def field_mask_json(message: Any) -> str:
    return field_mask_text(message.paths)


def struct_json(message: Any) -> dict[str, object]:
    fields = message.fields
    return {key: value_json(fields[key]) for key in sorted(fields)}


def list_json(message: Any) -> list[object]:
    return [value_json(value) for value in message.values]


def value_json(message: Any) -> object:
    """google.protobuf.Value; one with nothing set is null, as json_format writes it."""
    match message.WhichOneof("kind"):
        case "string_value":
            return message.string_value
        case "number_value":
            number = message.number_value
            if not isfinite(number):
                raise ValueError("a Value holds NaN or Infinity")
            return number
        case "bool_value":
            return message.bool_value
        case "struct_value":
            return struct_json(message.struct_value)
        case "list_value":
            return list_json(message.list_value)
        case _:
            return None

"""JSON numbers and number texts to what an integer, float or double field holds, or a refusal.

Called by scalars.
Never     rounds an integer, and never reads what int() and float() do: "1_000", "٣", "+5", " 1".
Source    docs/spec/transcoding.md PJ2, PJ3; docs/spec/bad-input.md rows 65-70.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import inf, isfinite, nan

from bff.contract.codec.wrong import Wrong
from bff.contract.json_text import JsonValue

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,19})", re.ASCII).fullmatch
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII).fullmatch
_MAX_NUMBER_CHARACTERS = 400
_MAX_INTEGER_EXPONENT = 19  # 2**64 has twenty digits
_FLOAT32_END = 3.4028235677973366e38  # from here on a double rounds to infinity as a float
_NONFINITE: Mapping[str, float] = {"NaN": nan, "Infinity": inf, "-Infinity": -inf}
_BAD_FLOAT = "send a finite number"
_TOO_LARGE = "this number is too large"

Coerce = Callable[[JsonValue], object]


def integer(lowest: int, highest: int, *, exponents: bool) -> Callable[[JsonValue], int]:
    """Reads whole numbers of that range, as a number (1, 1.0, 1e2) or as plain digits in a string.

    exponents  in a string too: "1e2", "1.0"
    """
    sentence = f"send a whole number from {lowest} to {highest}"

    def read(value: JsonValue) -> int:
        number = value if type(value) is int else _integral(value, exponents=exponents)
        if number is not None and lowest <= number <= highest:
            return number
        raise Wrong(sentence)

    return read


def _integral(value: JsonValue, *, exponents: bool) -> int | None:
    if type(value) is str:
        if _INTEGER(value):
            return int(value)
        return _whole(value) if exponents else None
    if type(value) is float and value.is_integer():  # no InexactFloat: its digits are lost
        return int(value)
    return None


def _whole(text: str) -> int | None:
    """The integer that a number's text stands for, exactly; None if it is none, or a giant."""
    if len(text) > _MAX_NUMBER_CHARACTERS or not _NUMBER(text):
        return None
    try:
        number = Decimal(text)
        is_small = number.adjusted() <= _MAX_INTEGER_EXPONENT
        return int(number) if is_small and number % 1 == 0 else None
    except ArithmeticError:  # an exponent that Decimal cannot hold
        return None


def double(*, nonfinite: bool, single: bool) -> Callable[[JsonValue], float]:
    """Reads a double, or with `single` a float; a number in a string too."""
    end = _FLOAT32_END if single else inf
    texts: Mapping[str, float] = _NONFINITE if nonfinite else {}

    def read(value: JsonValue) -> float:
        if type(value) is str and value in texts:
            return texts[value]
        number = _finite(value)
        if -end < number < end:
            return number
        raise Wrong(_TOO_LARGE)

    return read


def _finite(value: JsonValue) -> float:
    try:
        if isinstance(value, float) or type(value) is int:
            return float(value)
        if type(value) is str and len(value) <= _MAX_NUMBER_CHARACTERS and _NUMBER(value):
            return float(value)
    except OverflowError:
        raise Wrong(_TOO_LARGE) from None
    raise Wrong(_BAD_FLOAT)


def value_number(value: float) -> float:
    """A number of google.protobuf.Value."""
    try:
        number = float(value)
    except OverflowError:
        raise Wrong(_TOO_LARGE) from None
    if not isfinite(number):
        raise Wrong(_BAD_FLOAT)
    return number

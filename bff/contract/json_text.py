"""Bytes to JSON values, strictly, in bounded time.

Why       json.loads keeps the last of two equal keys, reads NaN and lone surrogates, guesses
          UTF-16, and recurses as deep as it is told; orjson keeps the last key and rounds numbers.
How       Where it is built, the native parser (codec/native/value.c) reads the body in one pass.
          What it declines, and everything where it is not, goes the long way: size, UTF-8, then
          depth and number of values by counting brackets and commas, and only then the C scanner
          of the stdlib, with hooks for equal keys and for numbers.
          A second, slow pass runs only after a refusal, to find where it was.
Called by contract/request/bind and edge, before `Codec.fill`.
Never     echoes the document, quotes the parser, or lets a body cost more than its limits.
Source    RFC 8259; RFC 6901 for pointers; docs/spec/bad-input.md rows 50-61 and 65.
"""

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from itertools import accumulate
from math import isinf
from typing import NoReturn, TypeAlias, cast

from bff.contract.json_options import JsonLimits
from bff.contract.json_pointer import pointer
from bff.terms.errors import BadInput

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

DEFAULT_LIMITS = JsonLimits()
_NOT_JSON = "the body must be one JSON document (RFC 8259)"
_MAX_NUMBER_CHARACTERS = 400
_EXACT_CHARACTERS = (
    17  # "-99999999999999.0": up to here a text that ends in ".0" is exactly its float
)
_HEAD_BYTES = 4_096
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class InexactFloat(float):
    """Integral only because the text's other digits were lost, as in 9007199254740993.0."""


class _DuplicateKey(ValueError):
    """An object has two equal keys."""


class _BadNumber(ValueError):
    """A number too long to read or too large for a double."""


def parse(body: bytes, limits: JsonLimits = DEFAULT_LIMITS) -> JsonValue:
    """The one JSON value that `body` holds.

    body    UTF-8 text; at most `limits.body_bytes`
    Raises  BadInput: body-too-large, malformed-json, too-deep, too-complex, duplicate-key,
            invalid-field (a number that nothing could hold)

    >>> parse(b'{"name": "Ada", "links": [1, 2.5]}')
    {'name': 'Ada', 'links': [1, 2.5]}
    """
    if len(body) <= limits.body_bytes:
        value = _native()(body, limits.depth, limits.nodes)
        if value is not NotImplemented:
            return cast("JsonValue", value)
    return _parse(body, limits)


@cache
def _native() -> Callable[[bytes, int, int], object]:
    """The native parser, or one that declines. Found late: codec imports JsonValue from here."""
    from bff.contract.codec.native_engine import ENGINE

    if ENGINE.native is None:
        return lambda _body, _depth, _nodes: NotImplemented
    parser: Callable[[bytes, int, int], object] = ENGINE.native.parse
    return parser


def _parse(body: bytes, limits: JsonLimits) -> JsonValue:
    text = _text(body, limits)
    _check_cost(body, limits)
    value = _scan(text, limits)
    if "\\u" in text and _SURROGATE_ESCAPE.search(text):
        _check_surrogates(value)
    return value


def _text(body: bytes, limits: JsonLimits) -> str:
    if len(body) > limits.body_bytes:
        raise BadInput(f"the body is over {limits.body_bytes} bytes", reason="body-too-large")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("the body must be JSON in UTF-8") from None


def _scan(text: str, limits: JsonLimits) -> JsonValue:
    try:
        value: JsonValue = _DECODER.decode(text)
    except RecursionError:
        raise _too_deep(limits) from None
    except _DuplicateKey:
        where = _first(text, _Object)
        raise _at(where, "this key is there twice", "duplicate-key") from None
    except json.JSONDecodeError:
        raise _malformed(_NOT_JSON) from None
    except ValueError:  # ours, or the interpreter's limit on the digits of an int
        raise _at(_first(text, _Lost), "this number is too large", "invalid-field") from None
    return value


def _check_cost(body: bytes, limits: JsonLimits) -> None:
    """Refuse depth and width before anything recurses or is allocated for it."""
    opened = body.count(b"[") + body.count(b"{")
    if opened <= limits.depth and len(body) <= 2 * limits.nodes:
        return  # too few brackets to be deep and too few bytes to be wide
    for part in (body[:_HEAD_BYTES], body):  # hostile depth shows at once
        bare = _STRING.sub(b"0", part)
        if _deepest(bare, limits) > limits.depth:
            raise _too_deep(limits)
    if _values(bare) > limits.nodes:
        raise BadInput(f"the JSON has more than {limits.nodes} values", reason="too-complex")


def _deepest(bare: bytes, limits: JsonLimits) -> int:
    """How deep a document without its strings goes, as far as it is not too wide anyway."""
    steps = bare.translate(_STEPS, _NOT_BRACKETS)[: 2 * limits.nodes + 2]  # n values, 2n brackets
    return max(accumulate(memoryview(steps).cast("b")), default=0)


def _values(bare: bytes) -> int:
    """How many values there are, strings cut out: in each container one more than commas."""
    tight = bare.translate(None, b" \t\r\n")
    opened = tight.count(b"[") + tight.count(b"{")
    empty = tight.count(b"[]") + tight.count(b"{}")
    return 1 + tight.count(b",") + opened - empty


def _check_surrogates(value: JsonValue) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise _malformed("the body has half of a surrogate pair") from None


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateKey
    return members


def _number(text: str) -> float:
    if len(text) > _MAX_NUMBER_CHARACTERS:
        raise _BadNumber
    value = float(text)
    if not value.is_integer():
        if isinf(value):
            raise _BadNumber
        return value
    if text.endswith(".0") and len(text) <= _EXACT_CHARACTERS:
        return value
    return value if _is_exact(text, value) else InexactFloat(value)


def _is_exact(text: str, value: float) -> bool:
    try:
        return Decimal(text) == value
    except ArithmeticError:  # an exponent that even Decimal cannot hold
        return False


def _no_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError("not in JSON", name, 0)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_number, parse_constant=_no_constant
)


# The slow pass: the same document once more, now keeping what is wrong with it instead of raising.


class _Object(list[tuple[str, object]]):
    """An object with all its members, equal keys too."""


class _Lost:
    """Stands where a number was that could not be read."""


def _integer_or_lost(text: str) -> object:
    try:
        return int(text)
    except ValueError:
        return _Lost()


def _float_or_lost(text: str) -> object:
    try:
        return _number(text)
    except _BadNumber:
        return _Lost()


_KEEPER = json.JSONDecoder(
    object_pairs_hook=_Object,
    parse_float=_float_or_lost,
    parse_int=_integer_or_lost,
    parse_constant=_no_constant,
)


def _first(text: str, kind: type) -> tuple[str, ...]:
    """The path to the first equal key (`_Object`) or lost number (`_Lost`), in reading order."""
    try:
        tree = _KEEPER.decode(text)
    except json.JSONDecodeError:  # also broken, further on
        raise _malformed(_NOT_JSON) from None
    return next((path for found, path in _faults(tree, ()) if found is kind), ())


def _faults(tree: object, path: tuple[str, ...]) -> Iterator[tuple[type, tuple[str, ...]]]:
    if isinstance(tree, _Lost):
        yield _Lost, path
    elif isinstance(tree, _Object):
        seen: set[str] = set()
        for key, value in tree:
            if key in seen:
                yield _Object, (*path, key)
            seen.add(key)
            yield from _faults(value, (*path, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _faults(value, (*path, str(index)))


def _at(path: tuple[str, ...], message: str, reason: str) -> BadInput:
    where = pointer(path)
    return BadInput.at(where, message, reason=reason)


def _malformed(detail: str) -> BadInput:
    return BadInput(detail, reason="malformed-json")


def _too_deep(limits: JsonLimits) -> BadInput:
    return BadInput(f"the JSON is nested deeper than {limits.depth}", reason="too-deep")

"""Both engines read one JSON text: what each makes of it, and texts that are nearly right.

Called by test_native_read*.py.
Never     compares two messages by their fields: NaN is unequal to itself, and -0.0 equals 0.0;
          their bytes say what they hold.
"""

import json
from copy import deepcopy
from functools import lru_cache
from random import Random
from typing import Any

from google.protobuf.message import EncodeError

from bff.contract import json_text
from bff.contract.codec import Codec
from bff.contract.codec.native_engine import NativePlans
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.terms.errors import BadInput

STRICT = JsonOptions()
LIMITS = JsonLimits()


@lru_cache(maxsize=100)
def codec(options: JsonOptions, limits: JsonLimits) -> Codec:
    return Codec(options, limits)


@lru_cache(maxsize=100)
def plans(options: JsonOptions, limits: JsonLimits) -> NativePlans:
    return NativePlans(options, limits)


def plan_of(kind: Any, options: JsonOptions = STRICT, limits: JsonLimits = LIMITS) -> Any:
    """(plan, index) of a message class."""
    return plans(options, limits).of(kind.DESCRIPTOR)


def native(
    kind: Any, text: bytes, options: JsonOptions = STRICT, limits: JsonLimits = LIMITS
) -> bytes | None:
    """The wire bytes that the native engine writes; None: it declines."""
    plan, index = plan_of(kind, options, limits)
    wire: bytes | None = plan.read(index, text)
    return wire


def pure(
    kind: Any, text: bytes, options: JsonOptions = STRICT, limits: JsonLimits = LIMITS
) -> bytes | None:
    """What the pure engine's message holds; None: it refuses, or nobody could read the message."""
    message = kind()
    try:
        codec(options, limits).fill(message, json_text._parse(text, limits))
        return held(message)
    except (BadInput, EncodeError):
        return None


def held(message: Any) -> bytes:
    return bytes(message.SerializePartialToString(deterministic=True))


def agree(
    kind: Any, text: bytes, options: JsonOptions = STRICT, limits: JsonLimits = LIMITS
) -> bool:
    """Whether native reads the text; then it reads just what pure does."""
    wire = native(kind, text, options, limits)
    if wire is None:
        return False
    assert pure(kind, text, options, limits) == held(kind.FromString(wire)), text
    return True


class Raw(str):
    """JSON text that stands for itself."""

    __slots__ = ()


class Members(list[tuple[str, Any]]):
    """An object whose names may be equal."""


ODD = [
    *(Raw(text) for text in "-0 -0.0 1.0 1e2 1E+2 1.5e-7 1e400 1e-400".split()),
    *(Raw(text) for text in "01 +1 1. .5 - NaN nul".split()),
    *(Raw(f"{2**power + more}") for power in (31, 32, 53, 63, 64) for more in (-1, 0, 1)),
    *(Raw(f"-{2**power + more}") for power in (31, 63) for more in (-1, 0, 1)),
    *(Raw(text) for text in ("9007199254740993.0", "1" * 399, "1" * 401, "0." + "1" * 400)),
    *(Raw(text) for text in ("3.4028234663852886e38", "3.4028235677973366e38", "3.5e38")),
    *(Raw(rf'"{text}"') for text in (r"\u0000", r"a\ud800", r"\ud83d\ude00", r"\x", "\x1f", "\\")),
    *"1 -1 -0 0x1 1_0 +1 1e2 1.0 1.5 -0.0 01 NaN Infinity -Infinity nan true false".split(),
    *(f"{2**power + more}" for power in (31, 32, 63, 64) for more in (-1, 0)),
    *"QQ== QQ QR== QUI= QUI QUJD QQ= Q =QQ= QQ==QQ== -_8 +/8= -/8= QUI== Q! ====".split(),
    *"1.5s -0.5s -0s 1s 1.s .5s 1.0000000000s 315576000000s 315576000000.5s 315576000001s".split(),
    *"a aB,c aB.cD a,,b a. .a A 1a a_b a,b.c9".split(),
    *"2024-02-29T00:00:00Z 2023-02-29T00:00:00Z 2024-01-01T23:59:60Z 2024-01-01T24:00:00Z".split(),
    *"2024-01-01T00:00:00.123456789+14:30 0001-01-01T00:00:00+00:01 0000-01-01T00:00:00Z".split(),
    *"9999-12-31T23:59:59-00:01 2024-01-01t00:00:00Z 2024-1-01T00:00:00Z".split(),
    *"1969-12-31T23:59:59.5Z 2000-02-29T00:00:00z 1900-02-29T00:00:00Z".split(),
    *("", " 1", "1 ", "é", "😀", "x" * 200, "COLOR_RED", "color_red", "RED", "NULL_VALUE"),
    *(None, True, False, 0, 1, -1, 3, 99, 1.5, [], {}, [None], [[]], {"a": None}, {"1": 1}),
]  # fmt: skip


def text_of(tree: Any, random: Random) -> str:
    """JSON in one of its many spellings."""
    space = random.choice(["", "", " ", "\n\t "])
    if isinstance(tree, Raw):
        return str(tree)
    if isinstance(tree, dict):
        tree = Members(tree.items())
    if isinstance(tree, Members):
        pairs = [f"{text_of(k, random)}{space}:{space}{text_of(v, random)}" for k, v in tree]
        return f"{{{space}{f',{space}'.join(pairs)}{space}}}"
    if isinstance(tree, list):
        return f"[{space}{f'{space},'.join(text_of(item, random) for item in tree)}]"
    return json.dumps(tree, ensure_ascii=random.random() < 0.3)


def tree_of(text: bytes) -> Any:
    return json.loads(text, object_pairs_hook=Members)


def _places(tree: Any) -> list[tuple[Any, int]]:
    """Every item of every container, as (container, index)."""
    found = []
    if isinstance(tree, list):
        for index, item in enumerate(tree):
            found.append((tree, index))
            found += _places(item[1] if isinstance(tree, Members) else item)
    return found


def spoil(tree: Any, random: Random) -> None:
    """One change at a random place: dropped, doubled, renamed, replaced, wrapped or moved."""
    places = _places(tree)
    if not places:
        return
    container, index = random.choice(places)
    other = random.choice(places)
    match random.choice(["drop", "double", "rename", "odd", "odd", "odd", "odd", "wrap", "move"]):
        case "drop":
            del container[index]
        case "double":
            container.insert(random.randrange(len(container) + 1), deepcopy(container[index]))
        case "rename" if isinstance(container, Members):
            container[index] = (_renamed(container[index][0], random), container[index][1])
        case "wrap":
            _put(container, index, random.choice(_wrapped(_value(container, index))))
        case "move":
            _put(container, index, deepcopy(_value(*other)))
        case _:
            _put(container, index, deepcopy(random.choice(ODD)))


def _wrapped(value: Any) -> list[Any]:
    return [[value], {"value": value}, Members([("a", value), ("a", value)]), str(value)]


def _value(container: Any, index: int) -> Any:
    item = container[index]
    return item[1] if isinstance(container, Members) else item


def _put(container: Any, index: int, value: Any) -> None:
    is_member = isinstance(container, Members)
    container[index] = (container[index][0], value) if is_member else value


def _renamed(name: str, random: Random) -> str:
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    camel = "".join(part.title() if index else part for index, part in enumerate(name.split("_")))
    return random.choice([snake, camel, name.upper(), name[:-1], name + "\0", "[a.b]", "1", "-0"])


def spoil_text(text: bytes, random: Random) -> bytes:
    """One change among the bytes: cut, dropped, doubled, or other bytes."""
    start = random.randrange(len(text) + 1)
    end = min(len(text), start + random.choice([0, 1, 1, 2, 5, 20]))
    pieces = [
        b"",
        text[start:end] * 2,
        *(bytes([one]) for one in b'"\\{}[],:0-e.\x00\x1f\x7f\xc3\xff'),
    ]
    if random.random() < 0.2:
        return text[:start]
    return text[:start] + random.choice(pieces) + text[end:]

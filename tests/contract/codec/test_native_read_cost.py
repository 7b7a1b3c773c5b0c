"""Hostile documents cost the native reader no more than their size.

Against the pure engine, whose dicts are linear: 100,000 names at a quadratic cost would take a
hundred times as long as it does, not a fraction.
"""

import json
from collections.abc import Callable
from itertools import count, islice
from time import thread_time

import pytest

from bff.contract.json_options import JsonLimits, JsonOptions
from tests.contract.codec.engines import needs_native
from tests.contract.codec.native_reading import native, pure

pytestmark = needs_native

WIDE = JsonLimits(depth=400, nodes=10_000_000, body_bytes=100_000_000)
LENIENT = JsonOptions(unknown_fields="ignore")


def seconds(work: Callable[[], object]) -> float:
    """The best of some runs; of the processor alone, which a busy machine does not count."""
    times = []
    for _ in range(3):
        start = thread_time()
        work()
        times.append(thread_time() - start)
    return min(times)


def keys(many: int) -> dict[str, int]:
    return {f"key {number}": 1 for number in range(many)}


SHAPES: dict[str, Callable[[int], object]] = {
    "skipped members": keys,
    "members of a skipped object": lambda many: {"nobody": keys(many)},
    "names of a map": lambda many: {"i32": {str(number): 1 for number in range(many)}},
    "names with escapes": lambda many: {"texts": {f"\n{number}": "" for number in range(many)}},
    "values of a map": lambda many: {"values": {"a": keys(many)}},
    "objects in a list": lambda many: {"values": {"a": [{"b": {}}] * many}},
}


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_a_hundred_thousand_of_anything_cost_less_than_in_the_pure_engine(types, shape):
    text = json.dumps(SHAPES[shape](100_000)).encode()
    pure_s = seconds(lambda: pure(types.Maps, text, LENIENT, WIDE))
    native_s = seconds(lambda: native(types.Maps, text, LENIENT, WIDE))

    assert native(types.Maps, text, LENIENT, WIDE) is not None
    assert native_s < pure_s


def test_depth_costs_no_more_than_size(types):
    """Each level's length is widened once its end is known: what is inside moves."""
    text = b'{"name":"%s"}' % (b"x" * 100_000)
    deep = b'{"children":[' * 40 + text + b"]}" * 40
    flat = b'{"children":[%s]}' % b",".join([text] * 40)
    limits = JsonLimits(depth=400, body_bytes=100_000_000)

    deep_s, flat_s = (
        seconds(lambda text=text: native(types.Tree, text, JsonOptions(), limits))
        for text in (deep, flat)
    )

    assert native(types.Tree, deep, JsonOptions(), limits) is not None
    assert 10 > deep_s / flat_s


def colliding(many: int) -> list[str]:
    """Names of eight characters that text_hash.h maps to one number."""
    inverse = pow(0xFF51AFD7ED558CCD, -1, 2**64)
    last = pow(0xC4CEB9FE1A85EC53, -1, 2**64)

    def text(number: int) -> bytes:
        mixed = number * last % 2**64  # its product has nothing in the half that is taken
        part = (mixed ^ mixed >> 32) * inverse % 2**64
        return (part ^ 0x9E3779B97F4A7C15 ^ 8).to_bytes(8, "little")

    found = (one.decode() for one in map(text, count()) if one.isascii())
    return list(islice(found, many))


def test_names_made_to_collide_are_left_to_a_hash_with_a_secret(types):
    """A few are read; many are declined before they cost anything, and read by the pure engine."""
    names = colliding(400)
    few, many = (json.dumps({"nobody": dict.fromkeys(names[:some])}).encode() for some in (20, 400))

    assert 400 == len(set(names))
    assert native(types.Maps, few, LENIENT) is not None
    assert native(types.Maps, many, LENIENT) is None
    assert pure(types.Maps, many, LENIENT) is not None

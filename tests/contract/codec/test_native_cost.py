"""Hostile wire costs in proportion to its length: eight times as much, about eight times as long.

A quadratic walk would take 64 times as long. Ratios of the best of some runs, never seconds.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from bff.contract.json_options import JsonOptions
from tests.contract.codec.engines import Engines, needs_native
from tests.contract.codec.wires import block, number

pytestmark = needs_native
OMIT = JsonOptions(defaults="omit")
AT_MOST = 30.0  # times as long for eight times as much: caches and busy machines included


def seconds(kind: type[Message], wire: bytes) -> float:
    engines = Engines(kind, OMIT)
    best = float("inf")
    for _ in range(7):
        began = perf_counter()
        assert engines.native(wire) is not None
        best = min(best, perf_counter() - began)
    return best


def growth(kind: type[Message], make: Callable[[int], bytes], count: int) -> float:
    return seconds(kind, make(8 * count)) / seconds(kind, make(count))


def lists_interleaved(count: int) -> bytes:
    return (number(1, 1) + block(5, "a")) * count


def one_message_in_pieces(count: int) -> bytes:
    return (block(5, number(1, 1)) + number(1, 1)) * count


def arms_that_take_turns(count: int) -> bytes:
    return (block(3, number(1, 1)) + number(2, 1)) * count


def keys_backwards(count: int) -> bytes:
    return b"".join(block(2, number(1, key) + number(2, 1)) for key in range(count, 0, -1))


def one_key(count: int) -> bytes:
    return block(1, block(1, "the same key") + block(2, "a")) * count


MAKERS: dict[str, Callable[[int], bytes]] = {
    "Lists": lists_interleaved,
    "Optionals": one_message_in_pieces,
    "Choice": arms_that_take_turns,
}


@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_interleaved(types: Any, kind: str) -> None:
    assert growth(types[f"rich.v1.{kind}"], MAKERS[kind], 2_000) < AT_MOST


@pytest.mark.parametrize("make", [keys_backwards, one_key])
def test_maps(types: Any, make: Callable[[int], bytes]) -> None:
    assert growth(types.Maps, make, 2_000) < AT_MOST


def test_small_messages_of_a_big_type_cost_what_they_hold() -> None:
    """2,000 fields and one of them set: no slot of the others is touched."""
    few, many = big_type(20), big_type(2_000)
    wire = block(1, number(2, 1)) * 20_000

    assert seconds(many, wire) < 4 * seconds(few, wire)


def big_type(fields: int) -> type[Message]:
    file = FileDescriptorProto(name="big.proto", package="big", syntax="proto3")
    message = file.message_type.add(name="Big")
    message.field.add(name="inside", number=1, label=3, type=11, type_name=".big.Big")
    for field_number in range(2, fields + 2):
        message.field.add(name=f"f{field_number}", number=field_number, label=1, type=5)
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("big.Big"))

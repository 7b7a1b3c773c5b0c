"""What fuzzing found in the native walkers, once and for all."""

from collections.abc import Callable
from typing import Any

import pytest

from bff.contract.json_options import JsonOptions
from tests.contract.codec.engines import Engines, needs_native
from tests.contract.codec.wires import group, number, tag, varint

pytestmark = needs_native
OMIT = JsonOptions(defaults="omit")


def empty(field: int, length_bytes: int) -> bytes:
    """Nothing, behind a length that is as many bytes long."""
    return tag(field, 2) + varint(0, least_bytes=length_bytes)


PLACES: dict[str, Callable[[int], bytes]] = {
    "a string": lambda length_bytes: empty(14, length_bytes),
    "an unknown field": lambda length_bytes: empty(99, length_bytes),
    "an unknown field before others": lambda length_bytes: empty(99, length_bytes) + number(1, 1),
    "a field of an unknown group": lambda length_bytes: group(99, empty(1, length_bytes)),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("length_bytes", [6, 9, 10])
def test_a_length_of_more_than_five_bytes_is_declined(
    types: Any, place: str, length_bytes: int
) -> None:
    """upb refuses the message; the walker took every varint that was short enough to be one."""
    wire = PLACES[place](length_bytes)
    engines = Engines(types.Scalars, OMIT)

    assert [None, None] == [engines.native(wire), engines.pure(wire)]


@pytest.mark.parametrize("place", PLACES)
def test_a_length_of_five_bytes_is_ordinary(types: Any, place: str) -> None:
    wire = PLACES[place](5)
    engines = Engines(types.Scalars, OMIT)

    assert engines.native(wire) is not None
    assert engines.pure(wire) == engines.native(wire)


@pytest.mark.parametrize("field", ["lists", "maps"])
def test_a_list_and_a_map_have_no_longer_lengths_either(types: Any, field: str) -> None:
    kind = {"lists": types.Lists, "maps": types.Maps}[field]
    engines = Engines(kind, OMIT)

    assert [None, None] == [engines.native(empty(1, 6)), engines.pure(empty(1, 6))]
    assert engines.native(empty(1, 5)) == engines.pure(empty(1, 5))

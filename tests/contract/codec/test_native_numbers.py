"""The native engine writes numbers and strings as orjson does: the ETags of two workers agree."""

import struct
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bff.contract.codec.write_known import short_float
from bff.contract.json_options import JsonOptions
from tests.contract.codec.engines import Engines, needs_native
from tests.contract.codec.test_differential import many

pytestmark = needs_native
OMIT = JsonOptions(defaults="omit")
DECIMALS = st.builds(lambda n, e: float(f"{n}e{e}"), st.integers(0, 10**17), st.integers(-40, 40))


def written(types: Any, **fields: Any) -> bytes | None:
    return Engines(types.Lists, OMIT).native(types.Lists(**fields).SerializeToString())


EDGES = [
    0.0, -0.0, 1.0, 9.0, 0.1, 0.3, 1e15, 999999999999999.9, 1e16, 12345678901234567.0, 1e17, 1e21,
    1e22, 1e23, 1e-4, 1e-5, 0.000012345, 1e-6, 1.5e-7, 2.5e-310, 5e-324, 1.7976931348623157e308,
    2.2250738585072014e-308, 9007199254740993.0, 0.1 + 0.2, 1 / 3, 123456.789, 4.35, 2.675,
]  # fmt: skip


@pytest.mark.parametrize("number", [*EDGES, *(-edge for edge in EDGES)])
def test_doubles_at_the_edges(types: Any, number: float) -> None:
    assert b'{"aDouble":' + orjson.dumps([number]) + b"}" == written(types, a_double=[number])


@many
@given(
    numbers=st.lists(
        DECIMALS
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.integers(0, 2**54).map(float),
        min_size=20,
        max_size=60,
    )
)
def test_pj3_doubles(types: Any, numbers: list[float]) -> None:
    assert b'{"aDouble":' + orjson.dumps(numbers) + b"}" == written(types, a_double=numbers)


FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
FLOAT_BITS = st.integers(0, 2**32 - 1).map(
    lambda bits: struct.unpack("f", struct.pack("I", bits))[0]
)
FLOAT_DECIMALS = st.builds(
    lambda n, e: struct.unpack("f", struct.pack("f", float(f"{n}e{e}")))[0],
    st.integers(0, 10**9),
    st.integers(-20, 20),
)


@many
@given(numbers=st.lists(FLOATS | FLOAT_BITS | FLOAT_DECIMALS, min_size=20, max_size=60))
@example([16777215.0, 16777216.0, 16777218.0, 1234567.5, 8388607.5, 0.1, 1e-4, 1e-45, 9.9999995e5])
@example([3.4028234663852886e38, 999999.94, 0.00099999994, 0.3, 1e10, 65504.0, -0.0])
def test_pj3_floats_with_the_fewest_digits(types: Any, numbers: list[float]) -> None:
    numbers = [struct.unpack("f", struct.pack("f", number))[0] for number in numbers]
    expected = orjson.dumps([short_float(number) for number in numbers])

    assert b'{"aFloat":' + expected + b"}" == written(types, a_float=numbers)


def test_what_is_no_number_is_a_string(types: Any) -> None:
    numbers = [float("nan"), float("inf"), float("-inf")]

    assert b'{"aDouble":["NaN","Infinity","-Infinity"]}' == written(types, a_double=numbers)
    assert b'{"aFloat":["NaN","Infinity","-Infinity"]}' == written(types, a_float=numbers)


@many
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1))
@example(["".join(map(chr, range(300))), "\u2028\U0010ffff", '"' * 50, "aaaaaaa\\", "é" * 9])
def test_strings_are_escaped_alike(types: Any, texts: list[str]) -> None:
    assert b'{"aString":' + orjson.dumps(texts) + b"}" == written(types, a_string=texts)


@pytest.mark.parametrize("length", range(18))
def test_bytes_are_standard_base64_with_padding(types: Any, length: int) -> None:
    message = types.Lists(a_bytes=[bytes(range(250, 250 - length, -1))])
    wire = message.SerializeToString()
    engines = Engines(types.Lists, OMIT)

    assert engines.pure(wire) == engines.native(wire)


@pytest.mark.parametrize(
    "value", [0, 9, 10, 99, 100, 9999, 10000, 2**31 - 1, 2**63 - 1, -1, -(2**63)]
)
@pytest.mark.parametrize("int64", ["string", "number"])
def test_pj1_integers_of_every_length(types: Any, value: int, int64: Any) -> None:
    wire = types.Lists(i64=[value]).SerializeToString()
    engines = Engines(types.Lists, JsonOptions(defaults="omit", int64=int64))

    assert engines.pure(wire) == engines.native(wire)

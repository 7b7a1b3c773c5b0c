"""Header blocks: what we write, both libraries read; what they read, they read alike."""

from contextlib import suppress

import hpack as library
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.transport.http2 import hpack
from bff.transport.http2.frames import ErrorCode, Violation

ENGINES = ("jh2", "hpack")
FIELDS = st.lists(
    st.tuples(
        st.sampled_from([b":status", b"content-type", b"grpc-status", b"x-a", b"x-b"]),
        st.binary(max_size=200),
    ),
    max_size=12,
)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each library in turn: without jh2, `import_module` falls back to hpack."""
    if request.param == "hpack":
        monkeypatch.setattr(hpack, "import_module", _without_jh2)
    return str(request.param)


def _without_jh2(name: str) -> object:
    if name.startswith("jh2"):
        raise ImportError(name)
    return library


def plain(fields: hpack.Fields) -> list[tuple[bytes, bytes]]:
    return [(field[0], field[1]) for field in fields]


@given(FIELDS)
def test_what_we_write_is_read_as_it_was_meant(fields: list[tuple[bytes, bytes]]) -> None:
    block = hpack.NO_TABLE + b"".join(hpack.literal(*field) for field in fields)
    assert fields == plain(hpack.reader(1_000_000)(block))


@given(st.lists(FIELDS, min_size=1, max_size=6))
def test_both_libraries_read_a_connections_blocks_alike(
    lists: list[list[tuple[bytes, bytes]]],
) -> None:
    """The dynamic table lives as long as the connection: one encoder, one reader, many blocks."""
    encoder, native = library.Encoder(), hpack.reader(1_000_000)
    pure = hpack._pure_decoder(1_000_000)[0]
    for fields in lists:
        block = encoder.encode(fields)
        assert fields == plain(native(block)) == plain(pure.decode(block, True))


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(b"\x80", id="index 0"),
        pytest.param(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", id="an endless index"),
        pytest.param(b"\xbe", id="beyond the table"),
        pytest.param(b"\x3f\xe2\x1f", id="a table too large"),
        pytest.param(b"\x40\x85", id="cut off behind a length"),
        pytest.param(b"\xff" + b"\x80" * 20 + b"\x01", id="a number without end"),
        pytest.param(b"\x40", id="cut off before a length"),
        pytest.param(b"\xff\xd4", id="cut off amid an index"),
        pytest.param(b"\x40\x01x\x05abc", id="cut off amid a value"),
    ],
)
def test_a_block_that_cannot_be_read_ends_the_connection(engine: str, block: bytes) -> None:
    """Past bug: a Rust panic (no Exception) went through the loop where a block was cut off."""
    with pytest.raises(Violation) as caught:
        hpack.reader(10_000)(block)
    assert ErrorCode.COMPRESSION_ERROR == caught.value.code


def test_a_list_that_unpacks_without_end_is_cut_off(engine: str) -> None:
    """One large field, then a byte for each time that it is named again."""
    read = hpack.reader(10_000)
    read(library.Encoder().encode([(b"x", b"a" * 3_900)], huffman=False))
    with pytest.raises(Violation) as caught:
        read(b"\xbe" * 1_000)
    assert ErrorCode.ENHANCE_YOUR_CALM == caught.value.code


def test_a_secret_is_marked_so_that_no_proxy_remembers_it() -> None:
    assert 0x10 == hpack.literal(b"authorization", b"Bearer x")[0] & 0xF0
    assert 0x00 == hpack.literal(b"x-request-id", b"1")[0] & 0xF0


def test_a_block_that_is_cut_off_says_nothing_on_stderr(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Past bug: the Rust panic was caught, but its words were on the operator's terminal before."""

    @given(FIELDS, st.binary(max_size=60))
    def cut(fields: list[tuple[bytes, bytes]], noise: bytes) -> None:
        block = library.Encoder().encode(fields)
        for end in range(0, len(block), 3):
            with suppress(Violation):
                hpack.reader(10_000)(block[:end] + noise)

    cut()
    assert "" == capfd.readouterr().err


@given(FIELDS)
def test_a_whole_block_is_known_by_its_lengths(fields: list[tuple[bytes, bytes]]) -> None:
    """Every end of a field is one, and nothing else; whether strings are packed or not."""
    encoder, ends, block = library.Encoder(), {0}, b""
    for one in fields:
        block += encoder.encode([one], huffman=len(one[1]) % 2 == 0)
        ends.add(len(block))
    assert ends == {end for end in range(len(block) + 1) if hpack.is_whole(block[:end])}


@given(st.binary(max_size=60))
def test_noise_is_read_or_ends_the_connection(block: bytes) -> None:
    with suppress(Violation):
        hpack.reader(10_000)(block)


@given(st.integers(0, 2**31), st.integers(4, 8))
def test_integers_are_read_back(number: int, bits: int) -> None:
    """RFC 7541 section 5.1, against the library's own reading."""
    assert (number, len(hpack.integer(number, bits=bits))) == library.hpack.decode_integer(
        hpack.integer(number, bits=bits), bits
    )


def test_a_native_engine_is_chosen_where_there_is_one() -> None:
    decoder, *_ = hpack._decoder(10_000)
    assert type(decoder).__module__.startswith("jh2")

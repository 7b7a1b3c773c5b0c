"""Packing answers: which coding, for what, and the same bytes each time."""

import asyncio
import gzip
import threading

import pytest

from bff.compose.endpoint import Answer
from bff.edge.compression import (
    IN_A_THREAD_BYTES,
    Compression,
    CompressionOptions,
    available,
    chosen,
    gzipped,
)
from tests.edge.conftest import an_endpoint

BOTH = Compression(codings={"br": lambda body: b"br" + body, "gzip": gzipped})


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        ("br, gzip", "br"),
        ("gzip, br;q=0.5", "gzip"),
        ("*", "br"),
        ("*;q=0.5, br;q=0", "gzip"),
        ("identity;q=0, gzip", "gzip"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("zstd, x-unknown", ""),
    ],
)
def test_ht7_weights_decide_and_then_the_better_coding(accept_encoding, expected):
    assert expected == chosen(accept_encoding, ("br", "gzip"))


def test_ht7_nothing_is_chosen_where_nothing_can_be_made():
    assert "" == chosen("gzip", ())


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("application/json", "br"),
        ("application/geo+json", "br"),
        ("application/x-protobuf", "br"),
        ("text/csv; charset=utf-8", "br"),
        ("image/svg+xml", "br"),
        ("image/png", ""),
        ("application/zip", ""),
        ("application/octet-stream", ""),
        ("", ""),
    ],
)
def test_what_is_packed_by_its_nature_is_left_alone(media_type, expected):
    assert expected == BOTH.coding_for(b"x" * 2_000, media_type, "br, gzip")


def test_the_limit_is_the_first_size_that_is_packed():
    small = Compression(CompressionOptions(min_bytes=10), codings={"gzip": gzipped})
    sizes = [small.coding_for(b"x" * size, "text/plain", "gzip") for size in (9, 10)]
    assert ["", "gzip"] == sizes


async def test_equal_bodies_make_equal_bytes_that_gzip_can_read():
    """A strong ETag promises that; gzip's time stamp would break it."""
    packed = [await BOTH.pack(b"emma" * 500, "gzip") for _ in range(2)]
    assert packed[0] == packed[1]
    assert b"emma" * 500 == gzip.decompress(packed[0])


async def test_a_large_body_is_packed_off_the_loop():
    threads: list[int] = []

    def pack(body: bytes) -> bytes:
        threads.append(threading.get_ident())
        return b""

    compression = Compression(codings={"gzip": pack})
    await compression.pack(b"x" * (IN_A_THREAD_BYTES - 1), "gzip")
    await compression.pack(b"x" * IN_A_THREAD_BYTES, "gzip")
    here = threading.get_ident()
    assert [True, False] == [one == here for one in threads]


async def test_ht7_an_answer_in_br_is_read_by_brotli_itself(client_of):
    """Not a stand-in: the library packs, and the library unpacks."""
    brotli = pytest.importorskip("brotli")
    body = b'{"title": "Emma"}' * 500

    async def emma(context, ask):
        return Answer(body=body)

    wish = {"accept-encoding": "gzip, br"}
    async with client_of(an_endpoint("/a", run=emma)).stream("GET", "/a", headers=wish) as answer:
        packed = b"".join([piece async for piece in answer.aiter_raw()])

    assert ("br", body) == (answer.headers["content-encoding"], brotli.decompress(packed))
    assert [packed] * 2 == [await Compression().pack(body, "br") for _ in range(2)]


def test_brotli_is_optional():
    assert "gzip" == list(available())[-1]


async def test_an_answer_that_is_encoded_already_is_left_alone(client_of):
    """ST5 aside: an HttpBody may hold gzip and say so."""

    async def packed(context, ask):
        headers = (("content-encoding", "x-own"),)
        return Answer(body=b"x" * 5_000, headers=headers)

    answer = await client_of(an_endpoint("/a", run=packed)).get("/a")
    assert "x-own" == answer.headers["content-encoding"]


async def test_ht6_an_endpoint_of_one_form_varies_by_encoding_alone(client_of):
    answer = await client_of(an_endpoint("/a")).get("/a")
    assert "accept-encoding" == answer.headers["vary"]


async def test_ht6_an_endpoint_that_chooses_by_itself_refuses_no_wish(client_of):
    client = client_of(an_endpoint("/a", produces=()))
    assert 200 == (await client.get("/a", headers={"accept": "image/png"})).status_code


async def test_packing_lets_others_run(client_of):
    done = asyncio.Event()

    async def other():
        done.set()

    task = asyncio.create_task(other())
    await BOTH.pack(b"x" * 5_000_000, "gzip")
    assert done.is_set()
    await task

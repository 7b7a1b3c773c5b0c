"""What a call says of itself: fields in gRPC's order, metadata that cannot break a line."""

from math import inf
from time import monotonic

import pytest

from bff.terms.context import Metadata
from bff.terms.deadline import Deadline
from bff.transport.http2.hpack import reader
from bff.transport.http2.request_head import RequestHeads, timeout_field


def said(metadata: Metadata = (), *, deadline: Deadline | None = None, secure: bool = False):
    """The fields that a service reads."""
    heads = RequestHeads(authority="users:50051", secure=secure)
    at = deadline or Deadline(inf)
    block = heads.block("/a.B/C", heads.metadata(metadata), at)
    return [(field[0].decode(), field[1].decode()) for field in reader(100_000)(block)]


def test_a_call_begins_with_what_grpc_asks_for() -> None:
    assert [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/a.B/C"),
        (":authority", "users:50051"),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        ("user-agent", "grpc-bff/1"),
        ("grpc-accept-encoding", "identity,gzip"),
    ] == said()


def test_over_tls_the_scheme_says_so() -> None:
    assert (":scheme", "https") == said(secure=True)[1]


def test_the_time_left_is_said_in_milliseconds_never_less_than_there_are() -> None:
    fields = dict(said(deadline=Deadline(monotonic() + 1.5)))
    assert 1_000 < int(fields["grpc-timeout"].removesuffix("m")) <= 1_500


@pytest.mark.parametrize(
    ("expected", "left_ms"),
    [(b"1m", 0), (b"1m", -5), (b"1m", 1), (b"99999999m", 99_999_999), (b"100000S", 100_000_000)],
)
def test_a_timeout_has_eight_digits_at_most(expected: bytes, left_ms: int) -> None:
    assert timeout_field(left_ms).endswith(bytes((len(expected),)) + expected)


def test_metadata_follow_in_their_order_and_may_repeat() -> None:
    pairs = (("x-b", "1"), ("x-a", "2"), ("x-b", "3"))
    assert list(pairs) == said(pairs)[8:]


def test_bytes_go_as_base64_without_padding() -> None:
    assert [("trace-bin", "AAE")] == said((("trace-bin", b"\0\1"),))[8:]


def test_spaces_around_a_value_are_dropped() -> None:
    assert [("x-a", "b c")] == said((("x-a", " b c "),))[8:]


@pytest.mark.parametrize(
    "pair",
    [
        ("x-a", "b\r\nx-c: d"),
        ("x-a", "b\0"),
        ("x-a", "ö"),
        ("x-a", b"\xff"),
        ("X-A", "b"),
        ("x a", "b"),
        ("", "b"),
        (":path", "/other"),
        ("grpc-timeout", "99H"),
        ("te", "gzip"),
        ("content-type", "text/plain"),
        ("connection", "close"),
        ("host", "other"),
    ],
)
def test_metadata_that_must_not_be_sent_are_a_mistake_of_ours(pair: tuple[str, str]) -> None:
    """reliability section 1: grpcio passes host, te, content-type and grpc-timeout in silence."""
    with pytest.raises(ValueError, match="metadata"):
        RequestHeads(authority="a", secure=False).metadata((pair,))


def test_names_made_up_by_clients_are_not_remembered_for_ever() -> None:
    heads = RequestHeads(authority="a", secure=False)
    for number in range(25_000):
        heads.metadata(((f"x-{number}", "v"),))
    assert len(heads._names) <= 10_000

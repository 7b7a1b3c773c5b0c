"""Header lists of answers: the few fields that decide, and the metadata for whoever asked."""

import pytest

from bff.transport.http2.reply_head import NO_STATUS, ODD_STATUS, metadata_of, read_head

BEGINNING = [(b":status", b"200"), (b"content-type", b"application/grpc+proto")]


def test_a_good_beginning_is_told_at_a_glance() -> None:
    head = read_head([*BEGINNING, (b"grpc-encoding", b"gzip")])
    assert (200, NO_STATUS, True, b"gzip") == (
        head.http,
        head.status,
        head.begins_well,
        head.encoding,
    )


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        (0, b"0"),
        (16, b"16"),
        (99, b"99"),
        (ODD_STATUS, b"abc"),
        (ODD_STATUS, b"-1"),
        (ODD_STATUS, b""),
    ],
)
def test_a_status_is_a_number_or_odd(expected: int, value: bytes) -> None:
    assert expected == read_head([(b"grpc-status", value)]).status


@pytest.mark.parametrize(
    "kind", [b"application/json", b"application/grpc-web", b"text/html", b"application/grpcx", b""]
)
def test_other_content_types_are_not_grpc(kind: bytes) -> None:
    assert not read_head([(b":status", b"200"), (b"content-type", kind)]).begins_well


def test_the_size_counts_32_bytes_more_for_each_field() -> None:
    """RFC 9113 6.5.2"""
    assert 7 + 3 + 32 == read_head([(b":status", b"200")]).size


def test_metadata_are_what_is_not_the_protocols_own() -> None:
    head = read_head([*BEGINNING, (b"grpc-status", b"0"), (b"x-a", b"1"), (b"x-a", b"2")])
    assert (("x-a", "1"), ("x-a", "2")) == metadata_of(head)


@pytest.mark.parametrize("value", [b"AAE", b"AAE="])
def test_binary_metadata_come_as_bytes_with_or_without_padding(value: bytes) -> None:
    assert (("a-bin", b"\0\1"),) == metadata_of(read_head([(b"a-bin", value)]))


def test_joined_binary_values_are_taken_apart() -> None:
    assert (("a-bin", b"\0\1"), ("a-bin", b"\0")) == metadata_of(
        read_head([(b"a-bin", b"AAE, AA")])
    )


def test_a_binary_value_that_is_none_costs_itself() -> None:
    assert (("x-a", "1"),) == metadata_of(read_head([(b"a-bin", b"!!!"), (b"x-a", b"1")]))

"""What came over the wire, and the failure that it is: tables, without a network."""

import pytest

from bff.terms.codes import Code
from bff.terms.errors import ServiceSaid, ServiceSilent
from bff.transport.http2.frames import ErrorCode
from bff.transport.http2.reply_head import ReplyHead, read_head
from bff.transport.http2.status import failure_of, failure_of_reset, message_text, refusal


def head(**fields: str) -> ReplyHead:
    """`head(status="200")` is ":status: 200"; the other names are written with underscores."""
    named = {"status": ":status"}
    return read_head(
        [(named.get(k, k.replace("_", "-")).encode(), v.encode()) for k, v in fields.items()]
    )


@pytest.mark.parametrize(
    ("reason", "code", "first"),
    [
        ("upstream-unavailable", Code.UNAVAILABLE, head(status="503", content_type="text/html")),
        ("upstream-unavailable", Code.UNAVAILABLE, head(status="429")),
        ("upstream-unimplemented", Code.UNIMPLEMENTED, head(status="404")),
        ("upstream-invalid-response", Code.UNKNOWN, head(status="302")),
        ("upstream-invalid-response", Code.UNAUTHENTICATED, head(status="401")),
        ("upstream-invalid-response", Code.INTERNAL, head(content_type="application/grpc")),
        ("upstream-invalid-response", Code.UNKNOWN, head(status="200", content_type="text/html")),
        ("upstream-invalid-response", Code.UNKNOWN, head(status="200")),
    ],
)
def test_http_without_grpc_is_nobodys_word(reason: str, code: Code, first: ReplyHead) -> None:
    """grpc/doc/http-grpc-status-mapping.md"""
    failure = refusal(first, "a.B/C")
    assert isinstance(failure, ServiceSilent)
    assert (reason, code, "a.B/C") == (failure.reason, failure.code, failure.source)


def test_a_proxy_that_speaks_grpc_is_heard_whatever_its_http_status() -> None:
    assert None is refusal(
        head(status="503", content_type="application/grpc", grpc_status="8"), "a.B/C"
    )


@pytest.mark.parametrize(
    ("kind", "reason", "last"),
    [
        (ServiceSaid, "not-found", head(grpc_status="5")),
        (ServiceSaid, "unknown", head(grpc_status="99")),
        (ServiceSilent, "upstream-unavailable", head(grpc_status="14")),
        (ServiceSilent, "upstream-timeout", head(grpc_status="4")),
        (ServiceSilent, "upstream-invalid-response", head(grpc_status="abc")),
        (ServiceSilent, "upstream-invalid-response", head(x_a="1")),
    ],
)
def test_who_said_it(kind: type, reason: str, last: ReplyHead) -> None:
    failure = failure_of(last, "a.B/C", first=None)
    assert failure is not None
    assert (kind, reason) == (type(failure), failure.reason)


def test_ok_is_no_failure() -> None:
    assert None is failure_of(head(grpc_status="0"), "a.B/C", first=None)


def test_a_spoken_status_keeps_words_details_and_all_metadata() -> None:
    last = head(grpc_status="5", grpc_message="no%20t%C3%B6do", grpc_status_details_bin="CAU")
    failure = failure_of(last, "a.B/C", first=head(status="200", x_first="1"))
    assert isinstance(failure, ServiceSaid)
    details = ("grpc-status-details-bin", b"\x08\x05")
    assert ("no tödo", b"\x08\x05") == (failure.detail, failure.status)
    assert (("x-first", "1"), details) == failure.trailers


@pytest.mark.parametrize(
    ("expected", "raw"),
    [("a b", b"a%20b"), ("100%", b"100%"), ("%zz", b"%zz"), ("\ufffd", b"%ff"), ("", b"")],
)
def test_a_message_is_percent_decoded_as_far_as_it_goes(expected: str, raw: bytes) -> None:
    assert expected == message_text(raw)


@pytest.mark.parametrize(
    ("reason", "code", "sent"),
    [
        ("upstream-unavailable", Code.UNAVAILABLE, ErrorCode.REFUSED_STREAM),
        ("upstream-unavailable", Code.UNAVAILABLE, ErrorCode.ENHANCE_YOUR_CALM),
        ("upstream-invalid-response", Code.CANCELLED, ErrorCode.CANCEL),
        ("upstream-invalid-response", Code.INTERNAL, ErrorCode.NO_ERROR),
        ("upstream-invalid-response", Code.INTERNAL, ErrorCode.PROTOCOL_ERROR),
        ("upstream-invalid-response", Code.INTERNAL, 4711),
    ],
)
def test_a_reset_is_silence(reason: str, code: Code, sent: int) -> None:
    failure = failure_of_reset(sent, "a.B/C")
    assert (reason, code) == (failure.reason, failure.code)

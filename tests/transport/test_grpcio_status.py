"""A status that the service spoke, or one that our side made up? A table, without a network."""

import pytest

from bff.terms.codes import Code
from bff.terms.errors import ServiceSaid, ServiceSilent
from bff.transport.grpcio_status import Ended, failure_of


@pytest.mark.parametrize(
    ("code", "message", "kind", "reason"),
    [
        (5, "no todo t-9", ServiceSaid, "not-found"),
        (8, "quota of 5 used up", ServiceSaid, "resource-exhausted"),
        (13, "disk full", ServiceSaid, "internal"),
        (2, "KeyError", ServiceSaid, "unknown"),
        (12, "Method not found!", ServiceSaid, "unimplemented"),
        (99, "odd", ServiceSaid, "unknown"),
        (14, "maintenance", ServiceSilent, "upstream-unavailable"),
        (14, "failed to connect to all addresses", ServiceSilent, "upstream-unavailable"),
        (4, "Deadline Exceeded", ServiceSilent, "upstream-timeout"),
        (
            8,
            "Stream removed (CLIENT: Received message larger than max (216 vs. 10))",
            ServiceSilent,
            "upstream-response-too-large",
        ),
        (13, "Received RST_STREAM with error code 2", ServiceSilent, "upstream-invalid-response"),
        (2, "Received http2 header with status: 302", ServiceSilent, "upstream-invalid-response"),
        (12, "Received http2 header with status: 404", ServiceSilent, "upstream-unimplemented"),
    ],
)
def test_who_said_it(code, message, kind, reason):
    failure = failure_of(Ended(code=code, message=message), source="a.B/C")
    assert (kind, reason, Code.of(code)) == (type(failure), failure.reason, failure.code)


def test_a_spoken_status_keeps_its_words_and_details_for_whoever_may_show_them():
    trailers = (("grpc-status-details-bin", b"\x08\x05"), ("x-quota", "5"))
    failure = failure_of(Ended(code=5, message="gone", trailers=trailers), source="a.B/C")

    assert isinstance(failure, ServiceSaid)
    assert ("gone", b"\x08\x05", trailers) == (failure.detail, failure.status, failure.trailers)


def test_a_made_up_status_keeps_the_librarys_words_out_of_the_detail():
    failure = failure_of(Ended(code=14, message="ipv4:10.0.0.7:50051: refused"), source="a.B/C")
    assert "10.0.0.7" not in failure.detail
    assert ["ipv4:10.0.0.7:50051: refused"] == failure.__notes__

"""One table of statuses: complete, and the only place that holds HTTP error numbers."""

from pathlib import Path

import pytest

from bff.contract.status import (
    PROBLEMS,
    grpc_code,
    kind_of,
    reason_of_status,
    retryable,
)
from bff.terms.codes import Code
from bff.terms.errors import BadInput, Failure, ServiceSaid, ServiceSilent
from bff.terms.silence import (
    LATE,
    OVERLOAD,
    TOO_LARGE,
    UNIMPLEMENTED,
    UNREACHABLE,
    UNREADABLE,
    silence,
)
from bff.transport.ended import Ended, spoken

TABLE = {
    "CANCELLED": 499,
    "UNKNOWN": 500,
    "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 400,
    "ABORTED": 409,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 501,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DATA_LOSS": 500,
    "UNAUTHENTICATED": 401,
}


def test_a_code_that_grpc_does_not_know_is_unknown():
    assert [Code.UNKNOWN, Code.UNKNOWN, Code.UNAUTHENTICATED] == [
        Code.of(17),
        Code.of(-1),
        Code.of(16),
    ]


@pytest.mark.parametrize("code", [code for code in Code if code])
def test_a_spoken_status_is_a_problem_with_the_status_of_code_proto(code):
    """docs/spec/transcoding.md 1.8."""
    said = ServiceSaid("", code=code, source="a.B/C")
    assert TABLE[code.name] == PROBLEMS[said.reason].status


def test_silence_is_retryable_and_nonsense_is_not():
    assert retryable(ServiceSilent("down"))
    assert not retryable(ServiceSilent("?", reason="upstream-invalid-response"))


def test_a_reason_that_nobody_registered_is_an_internal_error():
    assert PROBLEMS["internal"] == kind_of(Failure("", reason="made-up"))


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "not-found"),
        (405, "method-not-allowed"),
        (418, "malformed-request"),
        (599, "internal"),
    ],
)
def test_a_status_of_the_framework_gets_the_nearest_reason(status, reason):
    assert reason == reason_of_status(status)


def test_every_problem_is_explained_to_clients():
    page = (Path(__file__).parents[2] / "docs" / "problems.md").read_text()
    assert [] == [reason for reason in PROBLEMS if f"`{reason}`" not in page]


@pytest.mark.parametrize(
    ("status", "is_retryable", "failure"),
    [
        # limits of ours: the client asked for nothing wrong, or for too much at once
        (502, False, silence(TOO_LARGE)),
        (503, True, silence(OVERLOAD)),
        (413, False, BadInput("", reason="body-too-large")),
        # the service's own
        (429, True, ServiceSaid("", code=Code.RESOURCE_EXHAUSTED, source="a.B/C")),
        # no usable answer
        (503, True, silence(UNREACHABLE)),
        (504, True, silence(LATE)),
        (502, False, silence(UNREADABLE)),
        (501, False, silence(UNIMPLEMENTED)),
        # a proxy in the service's place
        (503, True, spoken(Ended(code=grpc_code(429), message=""), source="a.B/C")),
    ],
)
def test_a_limit_of_ours_is_told_from_the_services_own(status, is_retryable, failure):
    """docs/spec/reliability.md section 1: grpcio answers 429 for a reply that is too large."""
    assert (status, is_retryable) == (kind_of(failure).status, retryable(failure))

"""The document of a failure, where a service's details are strange, missing or too much."""

import json

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import BadRequest, DebugInfo, ErrorInfo, ResourceInfo, RetryInfo
from google.rpc.status_pb2 import Status

from bff.contract.json_options import JsonOptions
from bff.contract.reply.error_details import NO_DETAILS, DetailReader
from bff.contract.reply.error_document import ErrorDocuments
from bff.terms.codes import Code
from bff.terms.errors import BadInput, ServiceSaid
from bff.terms.mistakes import ContractMistake


def status(*details: object) -> bytes:
    packed = []
    for one in details:
        if not isinstance(one, AnyMessage):
            packed.append(AnyMessage())
            packed[-1].Pack(one)  # type: ignore[arg-type]
        else:
            packed.append(one)
    return Status(code=5, message="other", details=packed).SerializeToString()


def said(*details: object, code: Code = Code.NOT_FOUND) -> ServiceSaid:
    return ServiceSaid("gone", code=code, source="s", status=status(*details))


def test_no_status_has_no_details():
    assert [NO_DETAILS, NO_DETAILS] == [DetailReader().read(raw) for raw in (b"", b"\xff")]


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        (Duration(seconds=3), 3.0),
        (Duration(seconds=-5), 0.0),
        (Duration(seconds=2**62), 86_400.0),
        (Duration(nanos=500_000_000), 0.5),
    ],
)
def test_er3_a_delay_is_heeded_within_reason(wait, expected):
    reader = DetailReader(shown=())
    assert expected == reader.read(status(RetryInfo(retry_delay=wait))).retry_after_s


def test_pj15_a_listed_detail_of_an_unknown_type_is_shown_in_base64():
    unknown = AnyMessage(type_url="x.test/shop.v9.New", value=b"\x08\x01")
    broken = AnyMessage(type_url="x.test/google.rpc.ResourceInfo", value=b"\xff")
    shown = DetailReader(["*"]).read(status(unknown, broken)).shown

    assert (
        {"@type": "x.test/shop.v9.New", "value": "CAE="},
        {"@type": "x.test/google.rpc.ResourceInfo", "value": "/w=="},
    ) == shown


def test_er2_what_is_not_listed_is_not_shown_and_debug_info_never():
    reader = DetailReader(["google.rpc.ErrorInfo", "*"])
    debug = DebugInfo(detail="stack")
    renamed = AnyMessage(type_url="evil.test/google.rpc.DebugInfo", value=b"")
    found = reader.read(status(debug, renamed, ErrorInfo(reason="R")))
    assert ["R"] == [one["reason"] for one in found.shown]
    assert () == DetailReader(["google.rpc.Help"]).read(status(ResourceInfo())).shown


def test_a_list_with_debug_info_is_a_mistake_at_boot():
    with pytest.raises(ContractMistake):
        JsonOptions(error_details=("google.rpc.DebugInfo",))


def test_a_detail_that_lies_about_its_type_is_no_blame():
    lying = AnyMessage(type_url="x.test/google.rpc.BadRequest", value=b"\xff")
    assert () == DetailReader().read(status(lying)).blames


def test_a_screens_client_is_told_no_field_of_a_request_that_it_never_saw():
    """Without a place there is nothing that a field path could point into."""
    bad = BadRequest(field_violations=[BadRequest.FieldViolation(field="user_id")])
    failure = said(bad, code=Code.INVALID_ARGUMENT)
    told = [
        json.loads(ErrorDocuments().of(failure, "r", place=place).body)
        for place in (None, lambda field: f"/{field}")
    ]
    assert [[], [{"path": "/user_id", "message": ""}]] == [one["errors"] for one in told]
    assert "user_id" not in str(told[0])


def test_er1_the_members_of_a_problem():
    document = ErrorDocuments().of(BadInput.at("/a", "send text"), "r1")
    assert {
        "type": "https://grpc-bff.dev/problems/invalid-field",
        "title": "A field has a wrong value",
        "status": 400,
        "detail": "/a: send text",
        "instance": "urn:request:r1",
        "code": "INVALID_ARGUMENT",
        "retryable": False,
        "errors": [{"path": "/a", "message": "send text"}],
        "details": [],
    } == json.loads(document.body)
    assert (400, "invalid-field", None) == (document.status, document.reason, document.wait_s)


@pytest.mark.parametrize(("code", "status_"), [(Code.NOT_FOUND, 404), (Code.UNKNOWN, 500)])
def test_er1_the_members_of_a_status(code, status_):
    document = ErrorDocuments(shape="status").of(said(ErrorInfo(reason="R"), code=code), "r1")
    body = json.loads(document.body)
    assert (status_, int(code), status_ == 404) == (
        document.status,
        body["code"],
        "gone" == body["message"],
    )
    assert (["R"] if status_ == 404 else []) == [one["reason"] for one in body["details"]]

"""A service's refusal on its way to the client: what is shown, where it points, what is hidden."""

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.struct_pb2 import Struct
from google.rpc.error_details_pb2 import (
    BadRequest,
    DebugInfo,
    ErrorInfo,
    Help,
    LocalizedMessage,
    PreconditionFailure,
    QuotaFailure,
    ResourceInfo,
    RetryInfo,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
INVALID = grpc.StatusCode.INVALID_ARGUMENT
TYPE = "type.googleapis.com/google.rpc."


def violations(*fields: str) -> BadRequest:
    return BadRequest(
        field_violations=[
            BadRequest.FieldViolation(field=field, description=f"bad {field}") for field in fields
        ]
    )


@pytest.mark.parametrize(
    ("method", "rpc", "path", "fields", "paths"),
    [
        (
            "POST",
            "CreateBook",
            "/v1/books",
            ["book.title", "book.tags[1]", 'book.labels["a.b"]', "book.bookId", "book", "x.y"],
            ["/title", "/tags/1", "/labels/a.b", "/bookId", "", "x.y"],
        ),
        ("POST", "CreateBook", "/v1/books", ["request_id"], ["requestId"]),
        ("GET", "GetBook", "/v1/books/7", ["book_id", "page_size"], ["book_id", "pageSize"]),
        (
            "POST",
            "LendBook",
            "/v1/books/7:lend",
            ["reader", "book_id", "days"],
            ["/reader", "book_id", "/days"],
        ),
    ],
)
async def test_er3_a_field_violation_names_the_place_that_the_client_sent(
    books, served, method, rpc, path, fields, paths
):
    """A JSON Pointer into the body or a parameter's name, in JSON's spelling."""
    books.refuses(rpc, INVALID, "no", details=(violations(*fields),))
    answer = await (await served()).request(method, path, json={} if method == "POST" else None)

    assert 400 == answer.status_code
    assert paths == [one["path"] for one in answer.json()["errors"]]
    assert f"bad {fields[0]}" == answer.json()["errors"][0]["message"]


async def test_er3_a_violation_of_a_hidden_field_does_not_name_it(books, served):
    hidden = BadRequest.FieldViolation(field="book.shelf_code", description="too long")
    books.refuses("CreateBook", INVALID, "no", details=(BadRequest(field_violations=[hidden]),))
    answer = await (await served()).post("/v1/books", json={})

    assert [{"path": "", "message": "too long"}] == answer.json()["errors"]


@pytest.mark.parametrize(
    ("code", "status"),
    [(grpc.StatusCode.FAILED_PRECONDITION, 400), (grpc.StatusCode.INTERNAL, 500)],
)
async def test_er3_retry_info_says_when_to_come_again_even_where_all_else_is_hidden(
    books, served, code, status
):
    details = (RetryInfo(retry_delay=Duration(seconds=2, nanos=1)), ResourceInfo(owner="db-7"))
    books.refuses("GetBook", code, "db-7 is down", details=details)
    answer = await (await served()).get("/v1/books/7")

    assert (status, "3", True) == (
        answer.status_code,
        answer.headers["retry-after"],
        answer.json()["retryable"],
    )
    assert (status == 500) == ("db-7" not in answer.text)
    if status == 500:
        assert [] == answer.json()["details"]


async def test_er3_a_services_401_says_how_to_sign_in_without_the_services_words(books, served):
    books.refuses("GetBook", grpc.StatusCode.UNAUTHENTICATED, "token of ada is old")
    answer = await (await served()).get("/v1/books/7")

    challenge = answer.headers["www-authenticate"]
    assert (401, True) == (answer.status_code, challenge.startswith('Bearer realm="bff"'))
    assert "ada" not in challenge


async def test_er2_listed_details_come_as_any_json_and_error_info_as_members(books, served):
    details = (
        ErrorInfo(reason="LENT_OUT", domain="shop.test", metadata={"until": "Monday"}),
        Help(links=[Help.Link(description="how", url="https://shop.test/how")]),
        QuotaFailure(violations=[QuotaFailure.Violation(subject="ada", description="5 books")]),
        PreconditionFailure(violations=[PreconditionFailure.Violation(type="FEES")]),
        ResourceInfo(resource_type="book", resource_name="7"),
        DebugInfo(detail="stack trace", stack_entries=["books.py:3"]),
        Struct(fields={}),
    )
    books.refuses("GetBook", grpc.StatusCode.FAILED_PRECONDITION, "lent out", details=details)
    problem = (await (await served()).get("/v1/books/7")).json()

    assert ["lent out", "LENT_OUT", "shop.test"] == [
        problem[name] for name in ("detail", "reason", "domain")
    ]
    assert [
        f"{TYPE}{name}"
        for name in ("ErrorInfo", "Help", "QuotaFailure", "PreconditionFailure", "ResourceInfo")
    ] == [one["@type"] for one in problem["details"]]
    assert {"until": "Monday"} == problem["details"][0]["metadata"]
    assert "books.py" not in str(problem)


async def test_pj15_a_services_own_detail_is_shown_where_it_is_listed_and_without_its_secrets(
    books, served
):
    own = books.new("Book", title="Emma", shelf_code="canary", revision=2**60)
    books.refuses("GetBook", INVALID, "no", details=(own, ResourceInfo(resource_name="7")))
    client = await served(**{"json.error_details": "shop.v1.Book"})
    [detail] = (await client.get("/v1/books/7")).json()["details"]

    assert ("Emma", str(2**60)) == (detail["title"], detail["revision"])
    assert "canary" not in str(detail)


async def test_er4_the_trailers_status_wins_over_the_one_in_the_details(books, served):
    """ER2: the code and the message of grpc-status-details-bin may disagree."""
    from google.rpc.status_pb2 import Status

    other = Status(code=13, message="internal words")
    trailing = (("grpc-status-details-bin", other.SerializeToString()),)
    books.refuses("GetBook", grpc.StatusCode.NOT_FOUND, "kein Bündel „7“ 📚", trailing=trailing)
    answer = await (await served()).get("/v1/books/7")

    assert (404, "kein Bündel „7“ 📚") == (answer.status_code, answer.json()["detail"])


async def test_er2_details_that_cannot_be_read_cost_themselves_not_the_status(books, served):
    """PJ15: never lose the status."""
    trailing = (("grpc-status-details-bin", b"\xff\xff"),)
    books.refuses("GetBook", grpc.StatusCode.NOT_FOUND, "gone", trailing=trailing)
    answer = await (await served()).get("/v1/books/7")

    assert (404, "gone", []) == (
        answer.status_code,
        answer.json()["detail"],
        answer.json()["details"],
    )


@pytest.mark.parametrize(
    ("wanted", "detail"),
    [("de-CH, en;q=0.5", "vergriffen"), ("fr", "sold out"), ("", "sold out"), ("*", "vergriffen")],
)
async def test_a_localized_message_becomes_the_detail_for_those_who_read_it(
    books, served, wanted, detail
):
    localized = LocalizedMessage(locale="de", message="vergriffen")
    books.refuses("GetBook", grpc.StatusCode.NOT_FOUND, "sold out", details=(localized,))
    answer = await (await served()).get("/v1/books/7", headers={"accept-language": wanted})

    assert detail == answer.json()["detail"]


async def test_er1_errors_status_makes_every_error_a_google_rpc_status(books, served):
    """A service's refusal, our own, and a path that is not there."""
    details = (violations("book.title"), ErrorInfo(reason="R"))
    books.refuses("CreateBook", INVALID, "no title", details=details)
    client = await served(**{"json.errors": "status"})

    spoken = await client.post("/v1/books", json={})
    assert (400, "application/json") == (spoken.status_code, spoken.headers["content-type"])
    document = spoken.json()
    assert (3, "no title") == (document["code"], document["message"])
    bad, about = document["details"]
    assert [f"{TYPE}BadRequest", f"{TYPE}ErrorInfo"] == [bad["@type"], about["@type"]]
    assert [{"field": "/title", "description": "bad book.title"}] == bad["fieldViolations"]
    own = (await client.post("/v1/books", json={"titel": 1})).json()
    assert (3, "/titel") == (own["code"], own["details"][0]["fieldViolations"][0]["field"])
    lost = await client.get("/nothing")
    assert (404, {"code": 5, "message": "There is nothing at this path.", "details": []}) == (
        lost.status_code,
        lost.json(),
    )
    assert 12 == (await client.put("/v1/books")).json()["code"]


async def test_er5_a_5xx_in_status_shape_hides_the_services_words_too(books, served):
    books.refuses("GetBook", grpc.StatusCode.INTERNAL, "db-7", details=(ErrorInfo(reason="DB"),))
    answer = await (await served(**{"json.errors": "status"})).get("/v1/books/7")

    assert (500, 13, []) == (
        answer.status_code,
        answer.json()["code"],
        answer.json()["details"],
    )
    assert "db-7" not in answer.text


@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        (lambda c: c.post("/v1/books", content=b"{"), 400),
        (lambda c: c.get("/nothing"), 404),
        (lambda c: c.put("/v1/books"), 405),
        (lambda c: c.get("/v1/books", headers={"accept": "text/html"}), 406),
        (lambda c: c.post("/v1/books", content=b" " * 300_000), 413),
        (lambda c: c.post("/v1/books", content=b"a", headers={"content-type": "text/plain"}), 415),
    ],
)
@pytest.mark.parametrize("shape", ["problem", "status"])
async def test_er8_local_errors_have_the_same_shape_as_a_services(
    books, served, request_of, status, shape
):
    answer = await request_of(await served(**{"json.errors": shape}))
    members = {"problem": {"type", "title", "detail", "code"}, "status": {"code", "message"}}

    assert status == answer.status_code
    assert members[shape] <= set(answer.json())
    assert [] == books.asked


@pytest.mark.parametrize(
    ("cut", "status", "reason"),
    [
        (grpc.StatusCode.UNAVAILABLE, 503, "upstream-unavailable"),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, 429, "resource-exhausted"),
    ],
)
async def test_er7_no_answer_is_a_503_and_a_services_own_limit_is_a_429(
    books, served, cut, status, reason
):
    books.refuses("GetBook", cut, "no")
    answer = await (await served()).get("/v1/books/7")
    assert (status, reason) == (answer.status_code, answer.json()["type"].rpartition("/")[2])


async def test_er7_a_reply_over_the_limit_is_a_502_not_a_429(books, served):
    books.replies("GetBook", books.new("Book", title="x" * 5_000))
    answer = await (await served(**{"transport.max_reply_bytes": "1000"})).get("/v1/books/7")
    assert (502, "upstream-response-too-large") == (
        answer.status_code,
        answer.json()["type"].rpartition("/")[2],
    )

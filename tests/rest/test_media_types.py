"""One endpoint, two forms: JSON and protobuf's binary, chosen by Accept and Content-Type."""

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage

from bff.terms.events import CallFinished

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/v1/books/7"
BINARY = "application/x-protobuf"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json;charset=utf-8", "application/json"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "application/json"),
        (BINARY, BINARY),
        ("application/protobuf", "application/protobuf"),
        (f"application/json;q=0.5, {BINARY};q=0.9", BINARY),
        (f"application/json;q=0.9, {BINARY};q=0.9", "application/json"),
        ("application/*, application/json;q=0", BINARY),
        ("nonsense;;q=x", "application/json"),
    ],
)
async def test_ht6_the_answer_comes_in_the_form_with_the_greatest_weight(
    books, served, accept, media_type
):
    books.replies("GetBook", books.new("Book", title="Emma"))
    client = await served()
    client.headers.pop("accept")
    answer = await client.get(PATH, headers={} if accept is None else {"accept": accept})

    assert (200, media_type) == (answer.status_code, answer.headers["content-type"])
    title = (
        answer.json()["title"]
        if media_type == "application/json"
        else type(books.new("Book")).FromString(answer.content).title
    )
    assert "Emma" == title
    assert "accept, accept-encoding" == answer.headers["vary"]


@pytest.mark.parametrize(
    "accept", ["text/html", "text/*;q=1", "application/json;q=0", "*/*;q=0", "application/yaml"]
)
async def test_row_51_a_form_that_nobody_has_is_a_406_problem_and_no_call(books, served, accept):
    """HT6, 1.12: and the problem comes in its own form, whatever was asked for."""
    answer = await (await served()).post("/v1/books", json={}, headers={"accept": accept})

    assert (406, "application/problem+json", "not-acceptable") == (
        answer.status_code,
        answer.headers["content-type"],
        answer.json()["type"].rpartition("/")[2],
    )
    assert [] == books.asked


async def test_ht6_a_list_or_a_text_has_no_binary_form(books, served):
    client = await served()
    books.replies("ListBooks", books.new("ListBooksResponse", titles=["Emma"]))
    headers = {"accept": BINARY}
    first = books.new("Book", title="Emma")
    assert 406 == (await client.get("/v1/titles", headers=headers)).status_code
    books.replies("ListBooks", books.new("ListBooksResponse", first=first))
    answer = await client.get("/v1/first", headers=headers)
    assert (200, first) == (answer.status_code, type(first).FromString(answer.content))


async def test_ht6_a_binary_answer_hides_what_json_hides(books, served):
    """Marked fields at any depth, inside of Any, and fields that the contract does not know."""
    hidden = books.new("Book", title="b", shelf_code="canary-1")
    packed = AnyMessage()
    packed.Pack(books.new("Book", title="c", shelf_code="canary-2"))
    book = books.new("Book", title="a", shelf_code="canary-3", sequel=hidden)
    book.extra.MergeFromString(packed.SerializeToString())
    unknown = type(book).FromString(book.SerializeToString() + b"\xfa\x3e\x08canary-4")
    books.replies("GetBook", unknown)
    answer = await (await served()).get(PATH, headers={"accept": BINARY})

    assert b"canary" not in answer.content
    shown = type(book).FromString(answer.content)
    assert ("a", "b") == (shown.title, shown.sequel.title)
    assert b"c" in shown.extra.value


async def test_ht6_an_any_that_nobody_knows_is_a_502_in_either_form(books, served, told):
    books.replies("GetBook", books.new("Book", extra={"type_url": "x.test/no.Such", "value": b"s"}))
    client = await served()
    answers = [await client.get(PATH, headers={"accept": kind}) for kind in (BINARY, "*/*")]

    assert [502, 502] == [one.status_code for one in answers]
    reasons = [one.reason for one in told if isinstance(one, CallFinished)]
    assert ["upstream-invalid-response"] * 2 == reasons


@pytest.mark.parametrize("kind", [BINARY, "application/protobuf", "Application/X-Protobuf; a=b"])
async def test_ht6_a_binary_body_means_what_its_json_means(books, served, kind):
    book = books.new("Book", title="Emma", tags=["a", "b"], labels={"k": "v"}, revision=2**60)
    body, headers = book.SerializeToString(), {"content-type": kind}
    answer = await (await served()).post("/v1/books?requestId=r", content=body, headers=headers)

    assert (201, book, "r") == (
        answer.status_code,
        books.asked[0].request.book,
        books.asked[0].request.request_id,
    )


async def test_ht6_a_binary_patch_changes_the_fields_that_it_holds(books, served):
    body = books.new("Book", title="Emma", tags=["a"]).SerializeToString()
    client = await served()
    await client.patch(PATH, content=body, headers={"content-type": BINARY})
    assert ["tags", "title"] == books.asked[0].request.update_mask.paths


async def test_ht6_a_binary_body_of_the_whole_request_loses_to_the_path(books, served):
    """PM16, row 38: the path wins, and another value elsewhere is a conflict."""
    client = await served()
    headers = {"content-type": BINARY}
    for book_id, status in (("7", 202), ("8", 400)):
        body = books.new("LendBookRequest", book_id=book_id, days=3).SerializeToString()
        answer = await client.post(f"{PATH}:lend", content=body, headers=headers)
        assert status == answer.status_code
    assert [("7", 3)] == [(one.request.book_id, one.request.days) for one in books.asked]


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (b"\xff\xff", "malformed-request"),
        (b"\x12\x02\xc3\x28", "malformed-request"),
        (b"\x12\x01\x00", "invalid-field"),
        (b"\x4a\x07\x0a\x05x.y/z", "malformed-request"),
    ],
)
async def test_ht6_a_binary_body_is_refused_for_what_json_is_refused_for(books, served, body, slug):
    """Bad wire, bad UTF-8, NUL in a string (row 72), Any (row 81)."""
    headers = {"content-type": BINARY}
    answer = await (await served()).post("/v1/books", content=body, headers=headers)
    assert (400, slug) == (answer.status_code, answer.json()["type"].rpartition("/")[2])
    assert [] == books.asked


async def test_ht6_a_binary_body_sets_no_hidden_and_no_unknown_field(books, served):
    body = books.new("Book", title="a", shelf_code="mine").SerializeToString() + b"\xfa\x3e\x01x"
    await (await served()).post("/v1/books", content=body, headers={"content-type": BINARY})
    assert books.new("Book", title="a") == books.asked[0].request.book

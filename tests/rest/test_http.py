"""HTTP's own rules over a real service: methods, encodings, validators, caches."""

import gzip

import pytest

from bff.edge.compression import available

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/v1/books/7"


def a_long_book(books, **fields: str):
    return books.new("Book", title="Emma " * 1_000, **fields)


async def test_ht1_ht9_head_is_get_without_its_body_also_for_errors(books, served):
    books.replies("GetBook", a_long_book(books))
    client = await served()
    for path in (PATH, "/nothing", f"{PATH}?unknown=1", "/v1/books:lend"):
        get, head = await client.get(path), await client.head(path)
        assert (get.status_code, b"") == (head.status_code, head.content)
        del get.headers["x-request-id"], head.headers["x-request-id"]
        assert get.headers == head.headers
    assert {"GetBook"} == {one.method for one in books.asked}


async def test_bd12_bd13_a_response_body_is_that_field_alone_and_null_where_it_is_unset(
    books, served
):
    client = await served()
    empty = [(await client.get(path)).json() for path in ("/v1/titles", "/v1/first")]
    first = books.new("Book", title="Emma")
    books.replies("ListBooks", books.new("ListBooksResponse", titles=["Emma"], first=first))
    full = [(await client.get(path)).json() for path in ("/v1/titles", "/v1/first")]

    assert ([[], None], ["Emma"], "Emma") == (empty, full[0], full[1]["title"])


async def test_ht3_row_47_a_method_override_is_ignored(books, served):
    headers = {"x-http-method-override": "DELETE", "x-method-override": "DELETE"}
    client = await served()
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert 201 == (await client.post("/v1/books", json={}, headers=headers)).status_code
    assert 405 == (await client.post(PATH, content=b"a=b", headers={**headers, **form})).status_code
    assert ["CreateBook"] == [one.method for one in books.asked]


async def test_ht4_row_48_a_form_post_falls_back_to_no_get(books, served):
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = await (await served()).post("/v1/books", content=b"page_size=3", headers=form)
    assert (415, "unsupported-media-type") == (
        answer.status_code,
        answer.json()["type"].rpartition("/")[2],
    )
    assert [] == books.asked


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip;q=0.5, identity;q=0.1", "gzip"),
        ("*", next(iter(available()))),  # br, where brotli is there
        ("deflate, GZIP", "gzip"),
        ("gzip;q=0", ""),
        ("*;q=0", ""),
        ("identity, gzip;q=0.5", ""),
        ("deflate", ""),
        ("", ""),
    ],
)
async def test_ht7_an_answer_is_packed_for_who_accepts_it(books, served, accept_encoding, coding):
    books.replies("GetBook", a_long_book(books))
    client = await served()
    answer = await client.get(PATH, headers={"accept-encoding": accept_encoding})

    assert coding == answer.headers.get("content-encoding", "")
    assert "Emma " * 1_000 == answer.json()["title"]
    assert "accept-encoding" in answer.headers["vary"]
    assert (int(answer.headers["content-length"]) < 500) == bool(coding)


async def test_ht7_what_is_small_stays_as_it_is_and_so_does_all_where_that_is_wanted(books, served):
    books.replies("GetBook", books.new("Book", title="Emma"))
    headers = {"accept-encoding": "gzip"}
    small = await (await served()).get(PATH, headers=headers)
    books.replies("GetBook", a_long_book(books))
    off = await (await served(**{"compression.enabled": "false"})).get(PATH, headers=headers)

    assert [False, False] == ["content-encoding" in one.headers for one in (small, off)]
    assert "accept-encoding" in small.headers["vary"]


@pytest.mark.parametrize("version", ["", "7f"])
async def test_ht7_ht8_each_form_of_an_answer_has_a_strong_tag_of_its_own(books, served, version):
    """Of the bytes or of a field: packed, plain and binary never share one."""
    books.replies("GetBook", a_long_book(books, etag=version))
    client = await served()
    wishes = [
        {"accept-encoding": "gzip"},
        {"accept-encoding": "identity"},
        {"accept-encoding": "gzip", "accept": "application/x-protobuf"},
        {"accept-encoding": "identity", "accept": "application/x-protobuf"},
    ]
    tags = [(await client.get(PATH, headers=one)).headers["etag"] for one in wishes]

    assert 4 == len(set(tags))
    assert not any(tag.startswith("W/") for tag in tags)
    for wish, tag in zip(wishes, tags, strict=True):
        for other in tags:
            again = await client.get(PATH, headers={**wish, "if-none-match": other})
            assert (304 if other == tag else 200) == again.status_code
            assert tag == again.headers["etag"]


async def test_ht8_two_answers_of_equal_bytes_have_one_tag(books, served):
    books.replies("GetBook", a_long_book(books))
    client = await served()
    answers = [await client.get(PATH, headers={"accept-encoding": "gzip"}) for _ in range(2)]
    assert 1 == len({one.headers["etag"] for one in answers})


async def test_ht8_an_if_match_may_name_the_packed_form(books, served):
    books.replies("GetBook", a_long_book(books, etag="7f"))
    client = await served()
    tag = (await client.get(PATH, headers={"accept-encoding": "gzip"})).headers["etag"]
    await client.delete(PATH, headers={"if-match": tag})

    assert ('"7f;gzip"', "7f") == (tag, books.asked[1].request.etag)


async def test_row_113_anothers_tag_and_a_range_get_the_whole_of_ones_own(books, served):
    books.replies("GetBook", books.new("Book", title="ada's"))
    client = await served()
    hers = (await client.get(PATH)).headers["etag"]
    books.replies("GetBook", books.new("Book", title="bob's"))
    answer = await client.get(PATH, headers={"if-none-match": hers, "range": "bytes=0-1"})

    assert (200, "bob's") == (answer.status_code, answer.json()["title"])
    assert "accept-ranges" not in answer.headers


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "gzip, gzip", "x"])
async def test_row_49_a_packed_body_is_a_415_that_says_what_is_taken(books, served, coding):
    headers = {"content-encoding": coding, "content-type": "application/json"}
    body = gzip.compress(b"{}")
    answer = await (await served()).post("/v1/books", content=body, headers=headers)

    assert (415, "identity") == (answer.status_code, answer.headers["accept-encoding"])
    assert [] == books.asked


INFLATE = {"limits.inflate": "true"}


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP"])
async def test_ht7_a_packed_body_is_read_where_the_settings_say_so(books, served, coding):
    headers = {"content-encoding": coding, "content-type": "application/json"}
    body = gzip.compress(b'{"title":') + gzip.compress(b'"Emma"}')
    answer = await (await served(**INFLATE)).post("/v1/books", content=body, headers=headers)

    assert (201, "Emma") == (answer.status_code, books.asked[0].request.book.title)


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (gzip.compress(b" " * 20_000_000, 9), 413, "body-too-large"),
        (gzip.compress(b" " * 262_145), 413, "body-too-large"),
        (gzip.compress(b"{}")[:-1], 400, "malformed-request"),
        (gzip.compress(b"{}") + b"tail", 400, "malformed-request"),
        (gzip.compress(b"") * 17, 400, "malformed-request"),
        (b"{}", 400, "malformed-request"),
    ],
    ids=["bomb", "one byte more", "cut", "with a tail", "many members", "plain"],
)
async def test_ht7_row_49_a_bomb_or_a_broken_body_is_refused_within_the_limit(
    books, served, body, status, slug
):
    client = await served(**INFLATE)
    answer = await client.post("/v1/books", content=body, headers={"content-encoding": "gzip"})

    assert (status, slug) == (answer.status_code, answer.json()["type"].rpartition("/")[2])
    assert [] == books.asked

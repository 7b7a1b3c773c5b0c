"""Options of ours in the proto: other successes, versions in headers, and what boot says."""

import pytest

from bff.calls.call import Calls
from bff.compose.transcode import TranscodeOptions, Transcoder
from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits
from bff.terms.mistakes import ContractMistakes
from tests.rest.books import PROTO, a_catalog

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_er6_a_201_says_where_the_new_thing_is(books, served):
    books.replies("CreateBook", books.new("Book", book_id="a/b ü", title="Emma"))
    answer = await (await served()).post("/v1/books", json={"title": "Emma"})

    assert (201, "/v1/books/a%2Fb%20%C3%BC", "Emma") == (
        answer.status_code,
        answer.headers["location"],
        answer.json()["title"],
    )


async def test_er6_a_location_without_its_value_is_left_out(books, served):
    """The thing is there; a broken Location would be worse than none."""
    answer = await (await served()).post("/v1/books", json={})
    assert (201, False) == (answer.status_code, "location" in answer.headers)


async def test_er6_an_empty_success_is_a_204_without_body_or_type(books, served):
    answer = await (await served()).delete("/v1/books/7")
    assert (204, b"") == (answer.status_code, answer.content)
    assert not {"content-type", "content-length"} & set(answer.headers)


async def test_er6_a_202_has_its_body(books, served):
    answer = await (await served()).post("/v1/books/7:lend", json={})
    assert (202, "") == (answer.status_code, answer.json()["bookId"])


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("https://shop.test/a b?c=ü&d=%20", "https://shop.test/a%20b?c=%C3%BC&d=%20"),
        ("/v1/books", "/v1/books"),
        ("http://shop.test/\r\nset-cookie: a=1", "http://shop.test/%0D%0Aset-cookie:%20a=1"),
    ],
)
async def test_er6_a_redirect_goes_where_the_reply_says(books, served, url, location):
    books.replies("ReadBook", books.new("Book", url=url))
    answer = await (await served()).get("/v1/books/7/text")

    assert (302, location, b"") == (
        answer.status_code,
        answer.headers["location"],
        answer.content,
    )


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "data:text/html,x", "books/7"])
async def test_er6_a_redirect_to_nowhere_is_the_services_fault(books, served, url):
    books.replies("ReadBook", books.new("Book", url=url))
    answer = await (await served()).get("/v1/books/7/text")
    assert (502, False) == (answer.status_code, "location" in answer.headers)


@pytest.mark.parametrize(
    ("version", "tag"),
    [("7f", '"7f"'), ('"7f"', '"%227f%22"'), ('W/"ü;,"', '"W/%22%C3%BC%3B%2C%22"')],
)
async def test_ht8_a_version_goes_out_as_etag_and_comes_back_as_it_was(books, served, version, tag):
    books.replies("GetBook", books.new("Book", etag=version))
    client = await served()
    got = await client.get("/v1/books/7")
    await client.patch("/v1/books/7", json={"title": "a"}, headers={"if-match": tag})
    await client.delete("/v1/books/7", headers={"if-match": tag})

    assert tag == got.headers["etag"]
    assert version == books.asked[1].request.book.etag
    assert ["title"] == books.asked[1].request.update_mask.paths
    assert version == books.asked[2].request.etag


async def test_ht8_a_version_answers_if_none_match_and_a_write_tells_the_new_one(books, served):
    books.replies("GetBook", books.new("Book", etag="7f", title="Emma"))
    books.replies("UpdateBook", books.new("Book", etag="80"))
    client = await served()
    same = await client.get("/v1/books/7", headers={"if-none-match": '"7f"'})
    other = await client.get("/v1/books/7", headers={"if-none-match": '"7e"'})
    changed = await client.patch("/v1/books/7", json={"title": "a"})

    assert (304, b"", '"7f"') == (same.status_code, same.content, same.headers["etag"])
    assert (200, "Emma") == (other.status_code, other.json()["title"])
    assert (200, '"80"') == (changed.status_code, changed.headers["etag"])


@pytest.mark.parametrize("sent", ["*", None])
async def test_ht8_if_match_of_anything_asks_for_no_version(books, served, sent):
    headers = {"if-match": sent} if sent else {}
    assert 204 == (await (await served()).delete("/v1/books/7", headers=headers)).status_code
    assert "" == books.asked[0].request.etag


@pytest.mark.parametrize(
    ("sent", "slug"),
    [
        ('W/"7f"', "malformed-request"),
        ('"7f", "80"', "malformed-request"),
        ("7f", "malformed-request"),
        ('"%ff"', None),
        ('"80"', "binding-conflict"),
    ],
)
async def test_ht8_if_match_must_be_one_strong_tag_that_nothing_contradicts(
    books, served, sent, slug
):
    client = await served()
    body = {"title": "a", "etag": "7f"} if slug == "binding-conflict" else {"title": "a"}
    answer = await client.patch("/v1/books/7", json=body, headers={"if-match": sent})

    if slug is None:
        assert 200 == answer.status_code
        return
    assert (400, slug) == (answer.status_code, answer.json()["type"].rpartition("/")[2])
    assert ["if-match"] == [one["path"] for one in answer.json()["errors"]]
    assert [] == books.asked


AT = 'location: "/v1/books'


def mistakes_of(proto: str) -> tuple[str, ...]:
    catalog = a_catalog(proto)
    calls = Calls(make=None, open=None)  # type: ignore[arg-type] # boot calls nobody
    with pytest.raises(ContractMistakes) as caught:
        Transcoder(
            catalog,
            codec=Codec(pool=catalog.pool),
            limits=JsonLimits(),
            calls=calls,
            options=TranscodeOptions(),
        )
    return caught.value.whats


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        ("status: 201", "status: 404", "status 404 is not one of 200, 201, 202, 203, 204, 301"),
        ("{status: 202}", "{status: 303}", "status 303 needs a location"),
        (f"{AT}/{{book_id}}", f"{AT}/{{nr}}", "Book has no field `nr`"),
        (f"{AT}/{{book_id}}", f"{AT}/{{tags}}", "is not a string, a whole number or an enum"),
        (f"{AT}/{{book_id}}", f"{AT}/{{", "path template '/v1/books/{'"),
        ('location: "url"', 'location: "revision"', "`shop.v1.Book.revision` is not a string"),
        ('(bff.v1.if_match) = "book.etag"', '(bff.v1.if_match) = "book.tag"', "did you mean"),
        ('(bff.v1.etag) = "etag"', '(bff.v1.etag) = "sequel"', "Book.sequel` is not a string"),
    ],
)
async def test_er6_boot_names_an_option_that_does_not_fit(right, wrong, what):
    assert right in PROTO
    assert any(what in one for one in mistakes_of(PROTO.replace(right, wrong, 1)))

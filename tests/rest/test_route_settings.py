"""JSON settings of one rpc and of one client (the settings at the top of transcoding.md)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bff.app import Bff, assemble
from bff.publish.openapi import document
from bff.settings import load
from bff.telemetry.metrics import Metrics
from bff.terms.events import silence
from bff.terms.mistakes import ContractMistakes
from tests.rest.books import BookService, descriptors

pytestmark = pytest.mark.asyncio(loop_scope="module")
UNKNOWN = {"titel": 1}
LENIENT = """
[routes."shop.v1.Books/CreateBook"]
unknown_fields = "ignore"
json_names = "proto"
defaults = "omit"
int64 = "number"
"""
ROUTE_STATUS = """
[routes."shop.v1.Books/GetBook"]
errors = "status"
"""
CLIENT_STATUS = """
[clients.api]
errors = "status"
[routes."shop.v1.Books/GetBook"]
errors = "problem"
"""
Made = Callable[[str], Awaitable[tuple[Bff, httpx.AsyncClient]]]


@pytest_asyncio.fixture(loop_scope="module")
async def made(
    books: BookService, one_service: tuple[BookService, str], tmp_path: Path
) -> AsyncIterator[Made]:
    """await made(toml): a BFF with these tables in its file, and a client of it."""
    (tmp_path / "books.binpb").write_bytes(descriptors())
    start = f"""
    contract.descriptors = ["books.binpb"]
    services."*" = "{one_service[1]}"
    access.default = "public"
    """
    async with AsyncExitStack() as stack:

        async def make(toml: str) -> tuple[Bff, httpx.AsyncClient]:
            file = tmp_path / "bff.toml"
            file.write_text(start + toml)
            bff = assemble(load(file, environment={}), emit=silence, metrics=Metrics())
            await stack.enter_async_context(bff.running())
            transport = httpx.ASGITransport(app=bff.public)  # type: ignore[arg-type]
            client = httpx.AsyncClient(transport=transport, base_url="http://bff.test")
            return bff, await stack.enter_async_context(client)

        yield make


async def test_a_route_reads_and_writes_json_in_its_own_way_and_the_others_do_not(books, made):
    """PJ17, PJ7, PJ8, PJ1."""
    _, client = await made(LENIENT)
    for method in ("CreateBook", "GetBook"):
        books.replies(method, books.new("Book", book_id="7", revision=2**53))

    own = await client.post("/v1/books", json=UNKNOWN)
    other = await client.get("/v1/books/7")
    strict = await client.post("/v1/books/7:lend", json=UNKNOWN)

    assert (201, {"book_id": "7", "revision": 2**53}) == (own.status_code, own.json())
    assert (200, "9007199254740992") == (other.status_code, other.json()["revision"])
    assert (400, True) == (strict.status_code, strict.json()["type"].endswith("unknown-field"))


async def test_er1_the_errors_of_one_route_are_a_status_those_of_others_problems(books, made):
    _, client = await made(ROUTE_STATUS)
    own = await client.get("/v1/books/7?nope=1")
    others = [await client.get("/v1/books?nope=1"), await client.get("/nothing")]

    assert (400, "application/json", 3) == (
        own.status_code,
        own.headers["content-type"],
        own.json()["code"],
    )
    assert ["application/problem+json"] * 2 == [one.headers["content-type"] for one in others]


async def test_er1_a_clients_choice_is_for_all_its_routes_and_a_routes_own_wins(books, made):
    _, client = await made(CLIENT_STATUS)
    answers = [await client.get(f"{path}?nope=1") for path in ("/v1/books", "/v1/books/7")]

    assert ["application/json", "application/problem+json"] == [
        one.headers["content-type"] for one in answers
    ]


async def test_oa7_the_document_follows_each_routes_choices(made):
    bff, _ = await made(LENIENT + ROUTE_STATUS)
    found = document(bff.blueprint)
    paths, components = found["paths"], found["components"]

    def schema_of(path: str, method: str, status: str) -> object:
        answer = paths[path][method]["responses"][status]["content"]["application/json"]
        name = answer["schema"]["$ref"].rpartition("/")[2]
        return components["schemas"][name]

    assert "book_id" in schema_of("/v1/books", "post", "201")["properties"]
    assert "bookId" in schema_of("/v1/books/{book_id}", "get", "200")["properties"]
    names = {
        path: paths[path]["get"]["responses"]["default"]["$ref"].rpartition("/")[2]
        for path in ("/v1/books", "/v1/books/{book_id}")
    }
    assert {"/v1/books": "Problem", "/v1/books/{book_id}": "ProblemAsStatus"} == names
    told = components["responses"]["ProblemAsStatus"]["content"]["application/json"]["schema"]
    assert {"$ref": "#/components/schemas/ProblemAsStatus"} == told
    assert {"code", "message", "details"} == set(
        components["schemas"]["ProblemAsStatus"]["properties"]
    )


async def test_ht6_the_document_lists_the_binary_form_of_bodies_and_answers(made):
    """And ER6, HT8: the headers that an rpc's options bring."""
    bff, _ = await made("")
    create = document(bff.blueprint)["paths"]["/v1/books"]["post"]
    forms = ["application/json", "application/x-protobuf", "application/protobuf"]

    assert forms == list(create["requestBody"]["content"])
    assert forms == list(create["responses"]["201"]["content"])
    assert {"X-Request-Id", "Location", "ETag"} == set(create["responses"]["201"]["headers"])


@pytest.mark.parametrize(
    ("toml", "where"),
    [
        ('[routes."shop.v1.Books/Nobody"]\nerrors = "status"', 'routes."shop.v1.Books/Nobody"'),
        ('[routes."shop.v1.Books/GetBook"]\nerrors = "html"', "errors"),
        ('[routes."shop.v1.Books/GetBook"]\ndepth = 3', "depth"),
        ('[clients.tablet]\nerrors = "status"', "tablet"),
        ('[clients.web]\nint64 = "number"', "clients.web"),
    ],
)
async def test_a_choice_that_nothing_follows_is_told_at_boot(made, toml, where):
    with pytest.raises(ContractMistakes) as caught:
        await made(toml)
    assert where in " ".join(map(str, caught.value.exceptions))

"""One connection, many requests: an answer that came early leaves the connection in step."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
import pytest_asyncio
import uvicorn

from bff.app import assemble
from bff.settings import Overrides, load
from bff.telemetry.metrics import Metrics
from bff.terms.events import silence
from tests.conditions import until
from tests.rest.books import BookService, descriptors

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Quiet(uvicorn.Server):
    """A server that leaves the process's signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["httptools", "h11"])
async def address(
    request: pytest.FixtureRequest,
    one_service: tuple[BookService, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[str, int]]:
    """Where a BFF listens, on whichever port was free."""
    file = tmp_path_factory.mktemp("wire") / "books.binpb"
    file.write_bytes(descriptors())
    services = (("*", one_service[1]),)
    wanted = Overrides(services=services, descriptors=(str(file),), open_access=True)
    settings = load(None, environment={}, overrides=wanted)
    bff = assemble(settings, emit=silence, metrics=Metrics())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            bff.public, http=request.param, lifespan="off", log_level="error", access_log=False
        )
        server = Quiet(config)
        async with bff.running():
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            await until(lambda: server.started)
            yield listener.getsockname()
            server.should_exit = True
            await serving


async def answers(address: tuple[str, int], *requests: bytes) -> list[tuple[int, bytes]]:
    """(status, body) of each, all sent at once on one connection; the last one closes it."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"".join(requests))
    raw = await reader.read()
    writer.close()
    await writer.wait_closed()
    return list(_split(raw))


def _split(raw: bytes) -> Iterator[tuple[int, bytes]]:
    while raw:
        head, _, rest = raw.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        lengths = [int(one.split(b":")[1]) for one in lines if one.startswith(b"content-length:")]
        length = lengths[0] if lengths else 0
        yield int(head.split(b" ")[1]), rest[:length]
        raw = rest[length:]


def a_request(method: str, path: str, *, body: bytes = b"", more: str = "") -> bytes:
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: bff\r\n{length}{more}\r\n".encode() + body


LAST = a_request("GET", "/v1/books/7", more="Connection: close\r\n")
SMUGGLED = a_request("GET", "/v1/books/smuggled")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (a_request("POST", "/nothing", body=SMUGGLED), 404),
        (a_request("PUT", "/v1/books", body=SMUGGLED), 405),
        (a_request("POST", "/v1/books", body=SMUGGLED, more="Accept: text/html\r\n"), 406),
        (a_request("POST", "/v1/books", body=SMUGGLED, more="Content-Encoding: br\r\n"), 415),
        (a_request("POST", "/v1/books", body=SMUGGLED, more="Grpc-Timeout: x\r\n"), 400),
        (a_request("GET", "/v1/books/8", body=SMUGGLED), 200),
        (a_request("POST", "/v1/books", body=b" " * 300_000), 413),
    ],
)
async def test_ht14_an_unread_body_is_never_taken_for_the_next_request(
    books, address, request_, status
):
    """Two answers for two requests, and the body's text reaches no service."""
    first, second = await answers(address, request_, LAST)

    assert (status, 200) == (first[0], second[0])
    assert "smuggled" not in [one.request.book_id for one in books.asked if one.method == "GetBook"]


async def test_ht14_an_unread_chunked_body_leaves_the_connection_in_step_too(books, address):
    chunked = (
        b"POST /nothing HTTP/1.1\r\nHost: bff\r\nTransfer-Encoding: chunked\r\n\r\n"
        + f"{len(SMUGGLED):x}\r\n".encode()
        + SMUGGLED
        + b"\r\n0\r\n\r\n"
    )
    assert [404, 200] == [status for status, _ in await answers(address, chunked, LAST)]
    assert ["7"] == [one.request.book_id for one in books.asked]


async def test_ht9_no_body_follows_a_204_or_a_304(books, address):
    """HT1, HT9: a byte too many would be the next answer's first."""
    tag = a_request("GET", "/v1/books/7", more="If-None-Match: *\r\n")
    found = await answers(address, a_request("DELETE", "/v1/books/7"), tag, LAST)
    assert [204, 304, 200] == [status for status, _ in found]
    assert [b"", b""] == [body for _, body in found[:2]]

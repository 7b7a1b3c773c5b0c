"""A BFF over the book service, with the settings that a test asks for."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bff.app import assemble
from bff.settings import Overrides, load
from bff.telemetry.metrics import Metrics
from bff.telemetry.tell import tell
from bff.terms.events import Event
from tests.grpc_service import grpc_service
from tests.rest.books import BookService, descriptors

Served = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_service() -> AsyncIterator[tuple[BookService, str]]:
    books = BookService()
    async with grpc_service(books.handlers()) as address:
        yield books, address


@pytest.fixture
def books(one_service: tuple[BookService, str]) -> BookService:
    found = one_service[0]
    found.says.clear()
    found.asked.clear()
    return found


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest_asyncio.fixture(loop_scope="module")
async def served(
    books: BookService,
    one_service: tuple[BookService, str],
    told: list[Event],
    metrics: Metrics,
    tmp_path: Path,
) -> AsyncIterator[Served]:
    """await served(**{"json.errors": "status"}): an HTTP client of a BFF with these settings."""
    file = tmp_path / "books.binpb"
    file.write_bytes(descriptors())
    async with AsyncExitStack() as stack:

        async def serve(peer: str = "127.0.0.1", **settings: str) -> httpx.AsyncClient:
            overrides = Overrides(
                keys=tuple(settings.items()),
                services=(("*", one_service[1]),),
                descriptors=(str(file),),
                open_access=True,
            )
            bff = assemble(
                load(None, environment={}, overrides=overrides),
                emit=tell(told.append, metrics.listen),
                metrics=metrics,
            )
            await stack.enter_async_context(bff.running())
            transport = httpx.ASGITransport(
                app=bff.public,  # type: ignore[arg-type]
                raise_app_exceptions=False,
                client=(peer, 1),
            )
            client = httpx.AsyncClient(transport=transport, base_url="http://bff.test")
            return await stack.enter_async_context(client)

        yield serve

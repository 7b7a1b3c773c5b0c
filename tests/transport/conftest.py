"""Every test that asks for `connect` runs twice: over grpcio, then over our own HTTP/2.

Called by pytest.
Never     leaves a connection open behind a test.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from bff.transport.transport import Transport
from tests.transport.both import KINDS, transport_of

pytest.register_assert_rewrite("tests.transport.scenarios")

Connect = Callable[[str], Transport]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which transport the test is about."""
    return str(request.param)


@pytest_asyncio.fixture
async def connect(kind: str) -> AsyncIterator[Connect]:
    """Makes transports of this kind to any "host:port", and closes them. What nobody caught
    meanwhile (a callback that failed, a future that nobody asked) fails the test.
    """
    made: list[Transport] = []
    uncaught: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: uncaught.append(told))

    def one(target: str) -> Transport:
        made.append(transport_of(kind, target))
        return made[-1]

    yield one
    for transport in made:
        await transport.close()
    made.clear()
    gc.collect(1)  # the young ones: what this test made
    # grpcio's poller outlives the loops of other tests in this process, and complains of it here
    assert [] == [told for told in uncaught if "PollerCompletionQueue" not in str(told)]

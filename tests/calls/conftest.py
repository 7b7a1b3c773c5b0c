"""A shop for each test that asks for one."""

from collections.abc import AsyncIterator

import pytest

from tests.calls.shop import Shop


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    made = Shop()
    yield made
    await made.cache.close()

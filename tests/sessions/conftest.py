"""A browser, the sessions and the demo's identity provider, over real sockets where it matters.

Called by pytest.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from fake_services.demo_keys import DemoKeys, demo_keys
from fake_services.identity_provider import IdentityProvider
from fake_services.identity_provider_run import provider_running
from tests.sessions.world import World, world_of
from tests.stores.redis_server import one_redis, redis_server

__all__ = ["keys", "one_redis", "provider", "redis_server", "root", "world"]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> DemoKeys:
    return demo_keys(tmp_path_factory.mktemp("keys"))


@pytest_asyncio.fixture
async def provider(keys: DemoKeys) -> AsyncIterator[IdentityProvider]:
    async with provider_running(keys) as found:
        yield found


@pytest_asyncio.fixture
async def world(provider: IdentityProvider) -> AsyncIterator[World]:
    async with world_of(provider) as found:
        yield found


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[2]

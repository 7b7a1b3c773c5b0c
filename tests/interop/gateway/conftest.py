"""The service, a grpc-gateway and a BFF with its habits in front of it: once for this folder."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from bff.contract.catalog import Catalog
from tests.grpc_service import grpc_service
from tests.interop.gateway.both import Both
from tests.interop.gateway.gateway import built, compiled, running
from tests.interop.gateway.zoo import Zoo
from tests.serve.process import serving

AS_GRPC_GATEWAY = [
    word
    for setting in ("errors=status", "unknown_fields=ignore", "defaults=emit")
    for word in ("--set", setting)
]
"""The command of the promise: with these the BFF behaves as grpc-gateway does."""


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Both]:
    if not shutil.which("go"):
        pytest.skip("there is no Go here to build a grpc-gateway with")
    folder: Path = tmp_path_factory.mktemp("gateway")
    descriptors = compiled(folder)
    zoo = Zoo(Catalog.of(descriptors.read_bytes()))
    async with AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(grpc_service(zoo))
        urls = await stack.enter_async_context(running(built(folder), upstream))
        words = ("--descriptors", str(descriptors), "--service", f"*={upstream}", "--auth", "none")
        bff = await stack.enter_async_context(serving(*words, *AS_GRPC_GATEWAY, cwd=folder))
        yield await stack.enter_async_context(Both.asking(zoo, bff.public, urls))

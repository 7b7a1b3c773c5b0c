"""Fake services that run for one test."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from fake_services.server import running
from tests.fake_services.phone import CallSystem, Phone


@pytest.fixture
async def call_system() -> AsyncIterator[CallSystem]:
    """`phone = await call_system("todos")` starts that system; none named: all."""
    async with AsyncExitStack() as stack:

        async def start(*systems: str) -> Phone:
            phone = Phone(await stack.enter_async_context(running(systems=systems)))
            stack.push_async_callback(phone.hang_up)
            return phone

        yield start

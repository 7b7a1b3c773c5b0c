"""The provider and a browser: once for this folder.

Called by pytest, under `make interop`, where there are Node, npm and Chromium.
"""

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from tests.interop.oidc.served import Web, web_of

CHROMIUM = os.environ.get("E2E", "")

collect_ignore_glob = [] if CHROMIUM else ["*"]


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def web() -> AsyncIterator[Web]:
    async with web_of() as found:
        yield found


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def chromium() -> AsyncIterator[Any]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="package")
async def tabs(chromium: Any, web: Web) -> AsyncIterator[Any]:
    """A browser of somebody who is signed in nowhere."""
    web.events.clear()
    context = await chromium.new_context(base_url=web.origin)
    yield context
    await context.close()

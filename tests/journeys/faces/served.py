"""The demo's services, and a BFF that serves the views of this package.

Called by test_faces.py, test_faces_html.py.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx

from bff.app import Bff, assemble
from bff.settings import Overrides, load
from bff.telemetry.metrics import Metrics
from bff.terms.events import silence
from tests.journeys.conftest import ROOT, Demo, keyed

GOODS = "/web/v1/goods/p-1"
TITLES = "/web/v1/titles/p-1"
PRODUCT = "shop.catalog.v1.CatalogService/GetProduct"
STOCK = "shop.inventory.v1.InventoryService/GetStock"
REVIEWS = "shop.reviews.v1.ReviewService/ListReviews"
AUTHORS = "identity.users.v1.UserService/BatchGetUsers"
USUAL = {"x-version": "default"}


@dataclass(frozen=True, slots=True)
class Faces:
    """Asks without a name, as anybody may."""

    bff: Bff
    client: httpx.AsyncClient
    demo: Demo

    async def get(self, path: str = GOODS, **headers: str) -> httpx.Response:
        """`accept_encoding` is Accept-Encoding."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(path, headers={**USUAL, **sent})

    def asked(self) -> list[str]:
        """Names of the rpcs since the last time, sorted."""
        found = sorted(self.demo.services.record.methods)
        self.demo.services.record.clear()
        return found


@asynccontextmanager
async def faces_over(demo: Demo) -> AsyncIterator[Faces]:
    settings = load(
        ROOT / "bff.toml",
        environment={},
        overrides=Overrides(services=tuple(demo.services.addresses.items())),
    )
    contract = replace(settings.contract, views=("tests.journeys.faces",))
    settings = keyed(replace(settings, contract=contract), demo.keys)
    bff = assemble(settings, emit=silence, metrics=Metrics())
    app: Any = bff.public
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with bff.running(), httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        yield Faces(bff, client, demo)

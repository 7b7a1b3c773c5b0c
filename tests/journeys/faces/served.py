"""The demo's services, and a BFF that serves the views of this package.

Called by test_faces.py, test_faces_html.py.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from bff.app import Bff
from tests.journeys.conftest import Demo, another_bff, showing

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
    async with another_bff(demo, showing("tests.journeys.faces")) as (bff, client):
        yield Faces(bff, client, demo)

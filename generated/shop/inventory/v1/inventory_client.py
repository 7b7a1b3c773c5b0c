"""Typed clients of shop/inventory/v1/inventory.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bff.contract.client import Rpc, ServiceClient, carries
from generated.shop.inventory.v1 import inventory_pb2

GET_STOCK = Rpc(
    "shop.inventory.v1.InventoryService/GetStock",
    inventory_pb2.GetStockRequest,
    inventory_pb2.Stock,
    idempotent=True,
)
BATCH_GET_STOCKS = Rpc(
    "shop.inventory.v1.InventoryService/BatchGetStocks",
    inventory_pb2.BatchGetStocksRequest,
    inventory_pb2.BatchGetStocksResponse,
    idempotent=True,
)
LIST_STOCKS = Rpc(
    "shop.inventory.v1.InventoryService/ListStocks",
    inventory_pb2.ListStocksRequest,
    inventory_pb2.ListStocksResponse,
    idempotent=True,
)


class InventoryServiceClient(ServiceClient):
    """How many pieces of each product are there."""

    SERVICE = "shop.inventory.v1.InventoryService"

    @carries(GET_STOCK)
    async def get_stock(self, *, product_id: str) -> inventory_pb2.Stock:
        """Returns the stock of one product. Fails with NOT_FOUND when there is no such product.

        product_id  The product's id.
        """
        return await self._call.unary(
            GET_STOCK,
            inventory_pb2.GetStockRequest(product_id=product_id),
        )

    @carries(BATCH_GET_STOCKS)
    async def batch_get_stocks(
        self,
        *,
        product_ids: Iterable[str],
    ) -> inventory_pb2.BatchGetStocksResponse:
        """Returns the stock of many products, in the order of the ids. Unknown ids are left out
        of the reply.

        product_ids  The ids of the products, at most 100.
        """
        return await self._call.unary(
            BATCH_GET_STOCKS,
            inventory_pb2.BatchGetStocksRequest(product_ids=product_ids),
        )

    @carries(LIST_STOCKS)
    async def list_stocks(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> inventory_pb2.ListStocksResponse:
        """Lists the stock of all products, page by page.

        page_size   How many entries to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_STOCKS,
            inventory_pb2.ListStocksRequest(page_size=page_size, page_token=page_token),
        )

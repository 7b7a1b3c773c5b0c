"""Typed clients of shop/pricing/v1/pricing.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bff.contract.client import Rpc, ServiceClient, carries
from generated.shop.pricing.v1 import pricing_pb2

GET_PRICE = Rpc(
    "shop.pricing.v1.PricingService/GetPrice",
    pricing_pb2.GetPriceRequest,
    pricing_pb2.Price,
    idempotent=True,
)
BATCH_GET_PRICES = Rpc(
    "shop.pricing.v1.PricingService/BatchGetPrices",
    pricing_pb2.BatchGetPricesRequest,
    pricing_pb2.BatchGetPricesResponse,
    idempotent=True,
)
LIST_PRICES = Rpc(
    "shop.pricing.v1.PricingService/ListPrices",
    pricing_pb2.ListPricesRequest,
    pricing_pb2.ListPricesResponse,
    idempotent=True,
)


class PricingServiceClient(ServiceClient):
    """What products cost."""

    SERVICE = "shop.pricing.v1.PricingService"

    @carries(GET_PRICE)
    async def get_price(self, *, product_id: str) -> pricing_pb2.Price:
        """Returns the price of one product. Fails with NOT_FOUND when there is no such product.

        product_id  The product's id.
        """
        return await self._call.unary(GET_PRICE, pricing_pb2.GetPriceRequest(product_id=product_id))

    @carries(BATCH_GET_PRICES)
    async def batch_get_prices(
        self,
        *,
        product_ids: Iterable[str],
    ) -> pricing_pb2.BatchGetPricesResponse:
        """Returns the prices of many products, in the order of the ids. Unknown ids are left
        out of the reply.

        product_ids  The ids of the products, at most 100.
        """
        return await self._call.unary(
            BATCH_GET_PRICES,
            pricing_pb2.BatchGetPricesRequest(product_ids=product_ids),
        )

    @carries(LIST_PRICES)
    async def list_prices(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> pricing_pb2.ListPricesResponse:
        """Lists the prices of all products, page by page.

        page_size   How many prices to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_PRICES,
            pricing_pb2.ListPricesRequest(page_size=page_size, page_token=page_token),
        )

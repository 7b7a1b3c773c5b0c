"""Typed clients of shop/orders/v1/orders.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from bff.contract.client import Rpc, ServiceClient, carries
from generated.shop.orders.v1 import orders_pb2

GET_PURCHASE = Rpc(
    "shop.orders.v1.OrderService/GetPurchase",
    orders_pb2.GetPurchaseRequest,
    orders_pb2.Purchase,
    idempotent=True,
)
LIST_PURCHASES = Rpc(
    "shop.orders.v1.OrderService/ListPurchases",
    orders_pb2.ListPurchasesRequest,
    orders_pb2.ListPurchasesResponse,
    idempotent=True,
)


class OrderServiceClient(ServiceClient):
    """Who bought what. Purchases are private to the buyer."""

    SERVICE = "shop.orders.v1.OrderService"

    @carries(GET_PURCHASE)
    async def get_purchase(self, *, purchase_id: str) -> orders_pb2.Purchase:
        """Returns one purchase. Fails with NOT_FOUND when there is no such purchase.

        purchase_id  The purchase's id.
        """
        return await self._call.unary(
            GET_PURCHASE,
            orders_pb2.GetPurchaseRequest(purchase_id=purchase_id),
        )

    @carries(LIST_PURCHASES)
    async def list_purchases(
        self,
        *,
        user_id: str,
        product_id: str | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> orders_pb2.ListPurchasesResponse:
        """Lists the purchases of one user, newest first: all of them, or those of one product.

        user_id     The id of the buyer.
        product_id  Only purchases of this product. Empty for all products.
        page_size   How many purchases to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_PURCHASES,
            orders_pb2.ListPurchasesRequest(
                user_id=user_id,
                product_id=product_id,
                page_size=page_size,
                page_token=page_token,
            ),
        )

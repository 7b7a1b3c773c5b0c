"""Typed clients of shop/catalog/v1/catalog.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bff.contract.client import Rpc, ServiceClient, carries
from generated.shop.catalog.v1 import catalog_pb2

GET_PRODUCT = Rpc(
    "shop.catalog.v1.CatalogService/GetProduct",
    catalog_pb2.GetProductRequest,
    catalog_pb2.Product,
    idempotent=True,
)
BATCH_GET_PRODUCTS = Rpc(
    "shop.catalog.v1.CatalogService/BatchGetProducts",
    catalog_pb2.BatchGetProductsRequest,
    catalog_pb2.BatchGetProductsResponse,
    idempotent=True,
)
LIST_PRODUCTS = Rpc(
    "shop.catalog.v1.CatalogService/ListProducts",
    catalog_pb2.ListProductsRequest,
    catalog_pb2.ListProductsResponse,
    idempotent=True,
)


class CatalogServiceClient(ServiceClient):
    """What the shop sells. Prices, stock and reviews belong to other services."""

    SERVICE = "shop.catalog.v1.CatalogService"

    @carries(GET_PRODUCT)
    async def get_product(self, *, product_id: str) -> catalog_pb2.Product:
        """Returns one product. Fails with NOT_FOUND when there is no such product.

        product_id  The product's id.
        """
        return await self._call.unary(
            GET_PRODUCT,
            catalog_pb2.GetProductRequest(product_id=product_id),
        )

    @carries(BATCH_GET_PRODUCTS)
    async def batch_get_products(
        self,
        *,
        product_ids: Iterable[str],
    ) -> catalog_pb2.BatchGetProductsResponse:
        """Returns many products by their ids, in the order of the ids. Unknown ids are left out
        of the reply.

        product_ids  The ids of the products, at most 100.
        """
        return await self._call.unary(
            BATCH_GET_PRODUCTS,
            catalog_pb2.BatchGetProductsRequest(product_ids=product_ids),
        )

    @carries(LIST_PRODUCTS)
    async def list_products(
        self,
        *,
        category: catalog_pb2.Category | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> catalog_pb2.ListProductsResponse:
        """Lists products, page by page: all of them, or those of one category.

        category    Only products of this category. Unspecified for all.
        page_size   How many products to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_PRODUCTS,
            catalog_pb2.ListProductsRequest(
                category=category,
                page_size=page_size,
                page_token=page_token,
            ),
        )

"""The web product page: six services, seven rpcs whatever the number of reviews."""

from bff.compose.view import Soft, View, call, principal
from bff.views.fragments.product import ProductInFull
from bff.views.shapes.products import ProductCard
from bff.views.shapes.purchases import PurchaseCard
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shop.orders.v1.orders_client import OrderServiceClient


class ProductPage(ProductInFull, View, client="web", deadline_ms=500, errors="always"):
    """One product: price, stock, seller, newest reviews, and the caller's purchases of it.

    Title and price are needed; everything else may be missing, and says so in `errors`.
    """

    history: Soft[list[PurchaseCard]] = PurchaseCard.each(
        call(
            OrderServiceClient.list_purchases,
            user_id=principal().user_id,
            product_id=ProductInFull.product_id,
            page_size=10,
        ).purchases
    )
    also_bought: Soft[list[ProductCard]] = ProductCard.each(
        call(
            CatalogServiceClient.batch_get_products,
            product_ids=ProductInFull._product.also_bought_product_ids,
        ).products
    )

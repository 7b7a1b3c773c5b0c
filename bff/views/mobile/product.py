"""The mobile product page: what fits on a phone, from three services at once."""

from bff.compose.view import Soft, View, field
from bff.views.fragments.product import ProductInShort
from bff.views.shapes.stocks import StockLevel
from generated.shop.catalog.v1.catalog_pb2 import Product


class ProductPage(ProductInShort, View, client="mobile", deadline_ms=300):
    """One product, with its price, its stock and its best picture."""

    rating: float | None = ProductInShort._product.rating_average
    review_count: int = ProductInShort._product.review_count
    stock: Soft[StockLevel] = StockLevel.of(ProductInShort._stock)

    @field
    def image_url(self, product: Product = ProductInShort._product) -> str | None:
        """The best picture. Null where there is none."""
        return next(iter(product.image_urls), None)

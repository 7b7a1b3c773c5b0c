"""Products, in short."""

from bff.compose.view import Shape, src
from generated.shop.catalog.v1.catalog_pb2 import Product


class ProductCard(Shape[Product]):
    """Another product."""

    product = src(Product)
    id: str = product.product_id
    title: str = product.title

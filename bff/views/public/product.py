"""The public product page: the same for everybody, so everybody's caches may keep it."""

from bff.compose.view import View, public
from bff.views.fragments.product import ProductInFull


class ProductPage(
    ProductInFull,
    View,
    client="public",
    deadline_ms=500,
    access="public",
    cache=public(fresh_s=60, stale_while_revalidate_s=120),
):
    """One product: price, stock, seller and newest reviews. No sign-in is needed."""

    description: str = ProductInFull._product.description

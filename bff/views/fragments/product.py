"""One product: what every page of it shows, and the calls that only some show more of."""

from bff.compose.view import Fragment, Soft, call, defer, path
from bff.views.shapes.people import Person
from bff.views.shapes.prices import PriceTag
from bff.views.shapes.reviews import ReviewCard
from bff.views.shapes.stocks import StockCard
from generated.identity.users.v1.users_client import UserServiceClient
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shop.inventory.v1.inventory_client import InventoryServiceClient
from generated.shop.pricing.v1.pricing_client import PricingServiceClient
from generated.shop.reviews.v1.reviews_client import ReviewServiceClient


class ProductInShort(Fragment, get="/v1/products/{product_id}"):
    """Title and price: without them there is no page."""

    product_id = path(str)
    _product = call(CatalogServiceClient.get_product, product_id=product_id)
    _stock = call(InventoryServiceClient.get_stock, product_id=product_id)

    title: str = _product.title
    price: PriceTag = PriceTag.of(call(PricingServiceClient.get_price, product_id=product_id))


class ProductInFull(ProductInShort):
    """... with what may be missing: stock, seller and the newest reviews."""

    stock: Soft[StockCard] = StockCard.of(ProductInShort._stock)
    seller: Soft[Person] = Person.of(
        call(UserServiceClient.get_user, user_id=ProductInShort._product.seller_id)
    )
    reviews: Soft[list[ReviewCard]] = defer(
        ReviewCard.each(
            call(
                ReviewServiceClient.list_reviews,
                product_id=ProductInShort.product_id,
                page_size=5,
            ).reviews
        )
    )

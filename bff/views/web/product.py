"""The web product page: five services, two of them asked only when another has answered.

Title and price are needed; everything else may be missing, and says so.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from google.type.money_pb2 import Money

from bff.compose.screen import screen
from bff.compose.shape import Missing, Shape
from bff.compose.visit import Visit
from bff.views.web.texts import enum_word, time_text
from generated.identity.users.v1.users_client import UserServiceClient
from generated.identity.users.v1.users_pb2 import BatchGetUsersResponse, User
from generated.shop.catalog.v1.catalog_client import CatalogServiceClient
from generated.shop.catalog.v1.catalog_pb2 import BatchGetProductsResponse, Product
from generated.shop.inventory.v1.inventory_client import InventoryServiceClient
from generated.shop.inventory.v1.inventory_pb2 import Stock, StockLevel
from generated.shop.orders.v1.orders_client import OrderServiceClient
from generated.shop.orders.v1.orders_pb2 import ListPurchasesResponse, Purchase, PurchaseState
from generated.shop.pricing.v1.pricing_client import PricingServiceClient
from generated.shop.pricing.v1.pricing_pb2 import Price
from generated.shop.reviews.v1.reviews_client import ReviewServiceClient
from generated.shop.reviews.v1.reviews_pb2 import ListReviewsResponse, Review

T = TypeVar("T")
S = TypeVar("S")

REVIEWS_SHOWN = 5
PURCHASES_SHOWN = 10


class Amount(Shape):
    """An amount of money. `units` and `nanos` as in google.type.Money."""

    currency: str
    units: int
    nanos: int

    @classmethod
    def of(cls, money: Money) -> "Amount":
        return cls(currency=money.currency_code, units=money.units, nanos=money.nanos)


class PriceTag(Shape):
    """What it costs now; `list_amount` is what it cost before a discount."""

    amount: Amount
    list_amount: Amount | None
    discount_percent: int | None

    @classmethod
    def of(cls, price: Price) -> "PriceTag":
        return cls(
            amount=Amount.of(price.amount),
            list_amount=Amount.of(price.list_amount) if price.HasField("list_amount") else None,
            discount_percent=price.discount_percent if price.HasField("discount_percent") else None,
        )


class StockCard(Shape):
    """How many are left, and where."""

    quantity: int
    level: str
    warehouses: dict[str, int]
    restock_time: str | None

    @classmethod
    def of(cls, stock: Stock) -> "StockCard":
        return cls(
            quantity=stock.quantity,
            level=enum_word(StockLevel, stock.level),
            warehouses=dict(sorted(stock.warehouses.items())),
            restock_time=time_text(stock, "restock_time"),
        )


class Person(Shape):
    """A user as strangers see them."""

    id: str
    name: str
    avatar_url: str

    @classmethod
    def of(cls, user: User) -> "Person":
        return cls(id=user.user_id, name=user.display_name, avatar_url=user.avatar_url)


class ReviewCard(Shape):
    """One review. `author` is null where the author could not be found."""

    id: str
    rating: int
    title: str
    text: str
    author: Person | None
    create_time: str | None

    @classmethod
    def of(cls, review: Review, author: User | None) -> "ReviewCard":
        return cls(
            id=review.review_id,
            rating=review.rating,
            title=review.title,
            text=review.text,
            author=Person.of(author) if author else None,
            create_time=time_text(review, "create_time"),
        )


class PurchaseCard(Shape):
    """One time that the caller bought this."""

    id: str
    quantity: int
    amount: Amount
    state: str
    purchase_time: str | None

    @classmethod
    def of(cls, purchase: Purchase) -> "PurchaseCard":
        return cls(
            id=purchase.purchase_id,
            quantity=purchase.quantity,
            amount=Amount.of(purchase.amount),
            state=enum_word(PurchaseState, purchase.state),
            purchase_time=time_text(purchase, "purchase_time"),
        )


class ProductCard(Shape):
    """Another product, in short."""

    id: str
    title: str


class ProductPage(Shape):
    """A product with all that the web client shows around it. A part that failed is null and in
    `errors`.
    """

    title: str
    price: PriceTag
    stock: StockCard | None
    seller: Person | None
    reviews: list[ReviewCard] | None
    history: list[PurchaseCard] | None
    also_bought: list[ProductCard] | None
    errors: tuple[Missing, ...] = ()


@screen(get="/web/v1/products/{product_id}", client="web", deadline_ms=500)
async def product_page(visit: Visit, *, product_id: str) -> ProductPage:
    """One product: price, stock, seller, newest reviews, and the caller's purchases of it."""
    catalog, users = visit.client(CatalogServiceClient), visit.client(UserServiceClient)
    pricing, inventory = visit.client(PricingServiceClient), visit.client(InventoryServiceClient)
    orders, reviews = visit.client(OrderServiceClient), visit.client(ReviewServiceClient)

    def sold_by(product: Product) -> Awaitable[User]:
        return users.get_user(user_id=product.seller_id)

    async def bought_with(product: Product) -> BatchGetProductsResponse | None:
        ids = product.also_bought_product_ids
        return await catalog.batch_get_products(product_ids=ids) if ids else None

    async def written_by(page: ListReviewsResponse | None) -> BatchGetUsersResponse | None:
        ids = sorted({review.author_id for review in page.reviews}) if page else []
        return await users.batch_get_users(user_ids=ids) if ids else None

    async with visit.fanout() as ask:
        product = ask.need(catalog.get_product(product_id=product_id))
        price = ask.need(pricing.get_price(product_id=product_id))
        stock = ask.soft(inventory.get_stock(product_id=product_id), at="/stock")
        page = ask.soft(
            reviews.list_reviews(product_id=product_id, page_size=REVIEWS_SHOWN), at="/reviews"
        )
        history = ask.soft(
            orders.list_purchases(
                user_id=visit.caller_id, product_id=product_id, page_size=PURCHASES_SHOWN
            ),
            at="/history",
        )
        seller = ask.soft(product.then(sold_by), at="/seller")
        also_bought = ask.soft(product.then(bought_with), at="/alsoBought")
        authors = ask.soft(page.then(written_by), at="/reviews/*/author")

    return ProductPage(
        title=(await product).title,
        price=PriceTag.of(await price),
        stock=_shown(StockCard.of, await stock),
        seller=_shown(Person.of, await seller),
        reviews=_reviews(await page, await authors),
        history=_history(await history),
        also_bought=_cards(await also_bought),
    )


def _shown(show: Callable[[T], S], part: T | None) -> S | None:
    return None if part is None else show(part)


def _reviews(
    page: ListReviewsResponse | None, authors: BatchGetUsersResponse | None
) -> list[ReviewCard] | None:
    if page is None:
        return None
    by_id = {user.user_id: user for user in authors.users} if authors else {}
    return [ReviewCard.of(review, by_id.get(review.author_id)) for review in page.reviews]


def _history(page: ListPurchasesResponse | None) -> list[PurchaseCard] | None:
    return None if page is None else [PurchaseCard.of(one) for one in page.purchases]


def _cards(reply: BatchGetProductsResponse | None) -> list[ProductCard] | None:
    if reply is None:
        return None
    return [ProductCard(id=one.product_id, title=one.title) for one in reply.products]

"""The shop: 400 products, what they cost, how many are left, who bought them, 5,000 reviews.

Why       The product page needs dependent calls, many authors at once, and private history.
Called by systems.py.
Never     changes anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import ClassVar

from google.protobuf.descriptor import ServiceDescriptor
from google.type.money_pb2 import Money

from fake_services.doors import Context
from fake_services.identity import USER_IDS
from fake_services.refusal import not_found, required
from fake_services.shelf import Shelf
from fake_services.words import MATERIALS, SENTENCES, SUBJECTS, THINGS, before, split
from generated.shop.catalog.v1 import catalog_pb2 as catalog
from generated.shop.inventory.v1 import inventory_pb2 as inventory
from generated.shop.orders.v1 import orders_pb2 as orders
from generated.shop.pricing.v1 import pricing_pb2 as pricing
from generated.shop.reviews.v1 import reviews_pb2 as reviews

PRODUCT_IDS = tuple(f"p-{number}" for number in range(1, 401))
REVIEW_COUNT = 5_000
_CURRENCIES = ("EUR", "USD", "JPY")


class CatalogService:
    """shop.catalog.v1.CatalogService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = catalog.DESCRIPTOR.services_by_name["CatalogService"]

    def __init__(self) -> None:
        self._products = Shelf("product_id", _products())

    async def GetProduct(
        self, request: catalog.GetProductRequest, context: Context
    ) -> catalog.Product:
        return self._products.get(request.product_id)

    async def BatchGetProducts(
        self, request: catalog.BatchGetProductsRequest, context: Context
    ) -> catalog.BatchGetProductsResponse:
        found = self._products.batch(request.product_ids, field="product_ids")
        return catalog.BatchGetProductsResponse(products=found)

    async def ListProducts(
        self, request: catalog.ListProductsRequest, context: Context
    ) -> catalog.ListProductsResponse:
        wanted = request.category
        page, token = self._products.page(
            request, keep=(lambda product: product.category == wanted) if wanted else None
        )
        return catalog.ListProductsResponse(products=page, next_page_token=token)


class PricingService:
    """shop.pricing.v1.PricingService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = pricing.DESCRIPTOR.services_by_name["PricingService"]

    def __init__(self) -> None:
        random = Random("prices")
        prices = [_price(index, key, random) for index, key in enumerate(PRODUCT_IDS)]
        self._prices = Shelf("product_id", prices)

    async def GetPrice(self, request: pricing.GetPriceRequest, context: Context) -> pricing.Price:
        return self._prices.get(request.product_id)

    async def BatchGetPrices(
        self, request: pricing.BatchGetPricesRequest, context: Context
    ) -> pricing.BatchGetPricesResponse:
        found = self._prices.batch(request.product_ids, field="product_ids")
        return pricing.BatchGetPricesResponse(prices=found)

    async def ListPrices(
        self, request: pricing.ListPricesRequest, context: Context
    ) -> pricing.ListPricesResponse:
        page, token = self._prices.page(request)
        return pricing.ListPricesResponse(prices=page, next_page_token=token)


class InventoryService:
    """shop.inventory.v1.InventoryService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = inventory.DESCRIPTOR.services_by_name[
        "InventoryService"
    ]

    def __init__(self) -> None:
        random = Random("stock")
        stocks = [_stock(index, key, random) for index, key in enumerate(PRODUCT_IDS)]
        self._stocks = Shelf("product_id", stocks)

    async def GetStock(
        self, request: inventory.GetStockRequest, context: Context
    ) -> inventory.Stock:
        return self._stocks.get(request.product_id)

    async def BatchGetStocks(
        self, request: inventory.BatchGetStocksRequest, context: Context
    ) -> inventory.BatchGetStocksResponse:
        found = self._stocks.batch(request.product_ids, field="product_ids")
        return inventory.BatchGetStocksResponse(stocks=found)

    async def ListStocks(
        self, request: inventory.ListStocksRequest, context: Context
    ) -> inventory.ListStocksResponse:
        page, token = self._stocks.page(request)
        return inventory.ListStocksResponse(stocks=page, next_page_token=token)


class OrderService:
    """shop.orders.v1.OrderService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = orders.DESCRIPTOR.services_by_name["OrderService"]

    def __init__(self) -> None:
        self._purchases = Shelf("purchase_id", _purchases(), group_by="user_id")

    async def GetPurchase(
        self, request: orders.GetPurchaseRequest, context: Context
    ) -> orders.Purchase:
        return self._purchases.get(request.purchase_id)

    async def ListPurchases(
        self, request: orders.ListPurchasesRequest, context: Context
    ) -> orders.ListPurchasesResponse:
        wanted = request.product_id
        page, token = self._purchases.page(
            request,
            group=required("user_id", request.user_id),
            keep=(lambda purchase: purchase.product_id == wanted) if wanted else None,
        )
        return orders.ListPurchasesResponse(purchases=page, next_page_token=token)


class ReviewService:
    """shop.reviews.v1.ReviewService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = reviews.DESCRIPTOR.services_by_name["ReviewService"]

    def __init__(self) -> None:
        self._reviews = Shelf("review_id", _reviews(), group_by="product_id")

    async def GetReview(
        self, request: reviews.GetReviewRequest, context: Context
    ) -> reviews.Review:
        return self._reviews.get(request.review_id)

    async def ListReviews(
        self, request: reviews.ListReviewsRequest, context: Context
    ) -> reviews.ListReviewsResponse:
        if required("product_id", request.product_id) not in PRODUCT_IDS:
            raise not_found("product", request.product_id)
        page, token = self._reviews.page(request, group=request.product_id)
        size = len(self._reviews.group(request.product_id))
        return reviews.ListReviewsResponse(reviews=page, next_page_token=token, total_size=size)


def _products() -> Iterator[catalog.Product]:
    random = Random("products")
    # The catalog has its own copy of what reviews say, as real catalogs do.
    ratings: dict[str, list[int]] = {key: [] for key in PRODUCT_IDS}
    for review in _reviews():
        ratings[review.product_id].append(review.rating)
    for index, product_id in enumerate(PRODUCT_IDS):
        yield _product(index, product_id, ratings[product_id], random)


def _product(index: int, product_id: str, ratings: list[int], random: Random) -> catalog.Product:
    product = catalog.Product(
        product_id=product_id,
        title=f"{THINGS[index % len(THINGS)]} {SUBJECTS[index % 11]}",
        description=" ".join(random.sample(SENTENCES, 3)),
        seller_id=USER_IDS[index % 40],
        category=catalog.Category.Name(index % 4 + 1),
        image_urls=[f"https://img.example/p/{product_id}-{number}.jpg" for number in range(1, 4)],
        also_bought_product_ids=[key for key in random.sample(PRODUCT_IDS, 6) if key != product_id],
        review_count=len(ratings),
        weight_grams=random.randint(20, 30_000),
        create_time=before(timedelta(days=index + 1, milliseconds=random.randint(0, 999))),
        internal_notes=f"CANARY-internal-notes-product-{product_id}",
    )
    product.attributes.update(
        {
            "material": MATERIALS[index % len(MATERIALS)],
            "sizes": ["S", "M", "L"][: index % 4],
            "box": {"width_cm": index % 50 + 0.5, "fragile": index % 2 == 0, "colour": None},
        }
    )
    if ratings:
        product.rating_average = sum(ratings) / len(ratings)
    return product


def _price(index: int, product_id: str, random: Random) -> pricing.Price:
    currency = _CURRENCIES[index % len(_CURRENCIES)]
    units = random.randint(3, 400) * (100 if currency == "JPY" else 1)
    nanos = 0 if currency == "JPY" else random.choice((0, 490_000_000, 990_000_000))
    price = pricing.Price(
        product_id=product_id,
        amount=Money(currency_code=currency, units=units, nanos=nanos),
        # No currency has such a code: a scan of answers finds it wherever it leaks.
        cost_price=Money(currency_code=f"CANARY-cost-price-{product_id}", units=units // 2),
        internal_notes=f"CANARY-internal-notes-price-{product_id}",
    )
    if index % 5 == 0:
        price.list_amount.CopyFrom(Money(currency_code=currency, units=units * 2, nanos=nanos))
        price.discount_percent = 50
        price.valid_until_time.CopyFrom(before(-timedelta(days=index % 30 + 1)))
    return price


def _stock(index: int, product_id: str, random: Random) -> inventory.Stock:
    quantity = 0 if index % 10 == 9 else random.randint(1, 300)
    level = inventory.STOCK_LEVEL_HIGH if quantity >= 10 else inventory.STOCK_LEVEL_LOW
    stock = inventory.Stock(
        product_id=product_id,
        quantity=quantity,
        level=level if quantity else inventory.STOCK_LEVEL_OUT,
        warehouses=split(quantity, ["Łódź", "東京", "Berlin"], random),
        internal_notes=f"CANARY-internal-notes-stock-{product_id}",
    )
    if quantity < 10:
        stock.restock_time.CopyFrom(before(-timedelta(days=random.randint(1, 20))))
    return stock


def _purchases() -> Iterator[orders.Purchase]:
    """Newest first; ada bought p-1 to p-12 among others, p-1 more than once."""
    random = Random("purchases")
    pairs = [("ada", f"p-{number}") for number in (1, 1, *range(1, 13))]
    pairs += [(random.choice(USER_IDS), random.choice(PRODUCT_IDS)) for _ in range(2_000)]
    for index, (user_id, product_id) in enumerate(pairs):
        yield orders.Purchase(
            purchase_id=f"o-{index + 1}",
            product_id=product_id,
            user_id=user_id,
            quantity=index % 3 + 1,
            amount=Money(currency_code="EUR", units=index % 300 + 5, nanos=500_000_000),
            purchase_time=before(timedelta(hours=index * 5 + 1)),
            state=orders.PurchaseState.Name(index % 4 + 1),
            receipt_number=2**53 + 2 * index + 1,
            payment_token=f"CANARY-payment-token-o-{index + 1}",
        )


def _reviews() -> Iterator[reviews.Review]:
    """Newest first; every product but p-400 has at least one."""
    random = Random("reviews")
    some_products = PRODUCT_IDS[:-1]
    for index in range(REVIEW_COUNT):
        first = index < len(some_products)
        review = reviews.Review(
            review_id=f"r-{index + 1}",
            product_id=some_products[index] if first else random.choice(some_products),
            author_id=random.choice(USER_IDS),
            rating=random.choice((1, 2, 3, 4, 4, 5, 5, 5)),
            title=SUBJECTS[index % len(SUBJECTS)],
            text=SENTENCES[index % len(SENTENCES)],
            helpful_count=random.randint(0, 90),
            create_time=before(timedelta(minutes=index * 53)),
            author_ip=f"CANARY-author-ip-r-{index + 1}",
        )
        if index % 6 == 0:
            review.seller_reply = "Danke! شكرا ありがとう"
        yield review

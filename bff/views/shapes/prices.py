"""Money, and what a product costs."""

from google.type.money_pb2 import Money

from bff.compose.view import Shape, src
from generated.shop.pricing.v1.pricing_pb2 import Price


class Amount(Shape[Money]):
    """An amount of money. `units` and `nanos` as in google.type.Money."""

    money = src(Money)
    currency: str = money.currency_code
    units: int = money.units
    nanos: int = money.nanos


class PriceTag(Shape[Price]):
    """What it costs now; `listAmount` is what it cost before a discount."""

    price = src(Price)
    amount: Amount = Amount.of(price.amount)
    list_amount: Amount | None = Amount.of(price.list_amount)
    discount_percent: int | None = price.discount_percent

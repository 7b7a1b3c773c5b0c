"""How many pieces of a product are left."""

from collections.abc import Mapping

from google.protobuf.timestamp_pb2 import Timestamp

from bff.compose.view import Shape, src, word
from generated.shop.inventory.v1.inventory_pb2 import Stock


class StockLevel(Shape[Stock]):
    """How many are left."""

    stock = src(Stock)
    quantity: int = stock.quantity
    level: str = word(stock.level)


class StockCard(StockLevel):
    """... and where, and when more arrive."""

    warehouses: Mapping[str, int] = StockLevel.stock.warehouses
    restock_time: Timestamp | None = StockLevel.stock.restock_time

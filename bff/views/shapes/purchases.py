"""What somebody bought."""

from google.protobuf.timestamp_pb2 import Timestamp

from bff.compose.view import Shape, src, word
from bff.views.shapes.prices import Amount
from generated.shop.orders.v1.orders_pb2 import Purchase


class PurchaseCard(Shape[Purchase]):
    """One time that the caller bought this."""

    purchase = src(Purchase)
    id: str = purchase.purchase_id
    quantity: int = purchase.quantity
    amount: Amount = Amount.of(purchase.amount)
    state: str = word(purchase.state)
    purchase_time: Timestamp | None = purchase.purchase_time

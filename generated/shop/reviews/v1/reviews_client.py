"""Typed clients of shop/reviews/v1/reviews.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from bff.contract.client import Rpc, ServiceClient, carries
from generated.shop.reviews.v1 import reviews_pb2

GET_REVIEW = Rpc(
    "shop.reviews.v1.ReviewService/GetReview",
    reviews_pb2.GetReviewRequest,
    reviews_pb2.Review,
    idempotent=True,
)
LIST_REVIEWS = Rpc(
    "shop.reviews.v1.ReviewService/ListReviews",
    reviews_pb2.ListReviewsRequest,
    reviews_pb2.ListReviewsResponse,
    idempotent=True,
)


class ReviewServiceClient(ServiceClient):
    """What buyers say about products."""

    SERVICE = "shop.reviews.v1.ReviewService"

    @carries(GET_REVIEW)
    async def get_review(self, *, review_id: str) -> reviews_pb2.Review:
        """Returns one review. Fails with NOT_FOUND when there is no such review.

        review_id  The review's id.
        """
        return await self._call.unary(GET_REVIEW, reviews_pb2.GetReviewRequest(review_id=review_id))

    @carries(LIST_REVIEWS)
    async def list_reviews(
        self,
        *,
        product_id: str,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> reviews_pb2.ListReviewsResponse:
        """Lists the reviews of one product, newest first.

        product_id  The product's id.
        page_size   How many reviews to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_REVIEWS,
            reviews_pb2.ListReviewsRequest(
                product_id=product_id,
                page_size=page_size,
                page_token=page_token,
            ),
        )

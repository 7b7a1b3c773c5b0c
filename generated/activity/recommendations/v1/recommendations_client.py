"""Typed clients of activity/recommendations/v1/recommendations.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from bff.contract.client import Rpc, ServiceClient, carries
from generated.activity.recommendations.v1 import recommendations_pb2

GET_RECOMMENDATION = Rpc(
    "activity.recommendations.v1.RecommendationService/GetRecommendation",
    recommendations_pb2.GetRecommendationRequest,
    recommendations_pb2.Recommendation,
    idempotent=True,
)
LIST_RECOMMENDATIONS = Rpc(
    "activity.recommendations.v1.RecommendationService/ListRecommendations",
    recommendations_pb2.ListRecommendationsRequest,
    recommendations_pb2.ListRecommendationsResponse,
    idempotent=True,
)


class RecommendationServiceClient(ServiceClient):
    """What a user may like."""

    SERVICE = "activity.recommendations.v1.RecommendationService"

    @carries(GET_RECOMMENDATION)
    async def get_recommendation(
        self,
        *,
        recommendation_id: str,
    ) -> recommendations_pb2.Recommendation:
        """Returns one recommendation. Fails with NOT_FOUND when there is no such
        recommendation.

        recommendation_id  The recommendation's id.
        """
        return await self._call.unary(
            GET_RECOMMENDATION,
            recommendations_pb2.GetRecommendationRequest(recommendation_id=recommendation_id),
        )

    @carries(LIST_RECOMMENDATIONS)
    async def list_recommendations(
        self,
        *,
        user_id: str,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> recommendations_pb2.ListRecommendationsResponse:
        """Lists what one user may like, the best first.

        user_id     The user's id.
        page_size   How many recommendations to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_RECOMMENDATIONS,
            recommendations_pb2.ListRecommendationsRequest(
                user_id=user_id,
                page_size=page_size,
                page_token=page_token,
            ),
        )

"""Typed clients of activity/feed/v1/feed.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from bff.contract.client import Rpc, ServiceClient, carries
from generated.activity.feed.v1 import feed_pb2

GET_ACTIVITY = Rpc(
    "activity.feed.v1.FeedService/GetActivity",
    feed_pb2.GetActivityRequest,
    feed_pb2.Activity,
    idempotent=True,
)
LIST_ACTIVITIES = Rpc(
    "activity.feed.v1.FeedService/ListActivities",
    feed_pb2.ListActivitiesRequest,
    feed_pb2.ListActivitiesResponse,
    idempotent=True,
)


class FeedServiceClient(ServiceClient):
    """What happened around a user."""

    SERVICE = "activity.feed.v1.FeedService"

    @carries(GET_ACTIVITY)
    async def get_activity(self, *, activity_id: str) -> feed_pb2.Activity:
        """Returns one activity. Fails with NOT_FOUND when there is no such activity.

        activity_id  The activity's id.
        """
        return await self._call.unary(
            GET_ACTIVITY,
            feed_pb2.GetActivityRequest(activity_id=activity_id),
        )

    @carries(LIST_ACTIVITIES)
    async def list_activities(
        self,
        *,
        user_id: str,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> feed_pb2.ListActivitiesResponse:
        """Lists what happened around one user, newest first.

        user_id     The user's id.
        page_size   How many activities to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_ACTIVITIES,
            feed_pb2.ListActivitiesRequest(
                user_id=user_id,
                page_size=page_size,
                page_token=page_token,
            ),
        )

"""What happened around a user, what they should look at, and what they may like.

Why       Mobile wants a name and a number; web wants 50 activities, charts and 20 recommendations.
Called by systems.py.
Never     builds a user's data before somebody asks for that user.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from random import Random
from typing import ClassVar, TypeVar

from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import Message

from fake_services.doors import Context
from fake_services.identity import USER_IDS
from fake_services.refusal import not_found, required
from fake_services.shelf import Shelf
from fake_services.words import PEOPLE, SENTENCES, SUBJECTS, THINGS, before
from generated.activity.feed.v1 import feed_pb2 as feed
from generated.activity.notifications.v1 import notifications_pb2 as notifications
from generated.activity.recommendations.v1 import recommendations_pb2 as recommendations

M = TypeVar("M", bound=Message)


class FeedService:
    """activity.feed.v1.FeedService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = feed.DESCRIPTOR.services_by_name["FeedService"]

    def __init__(self) -> None:
        self._of = _by_user("activity_id", 120, _activity)

    async def GetActivity(
        self, request: feed.GetActivityRequest, context: Context
    ) -> feed.Activity:
        wanted = required("activity_id", request.activity_id)
        return self._of(_user_of(wanted, kind="activity")).get(wanted)

    async def ListActivities(
        self, request: feed.ListActivitiesRequest, context: Context
    ) -> feed.ListActivitiesResponse:
        page, token = self._of(_known(request.user_id)).page(request)
        return feed.ListActivitiesResponse(activities=page, next_page_token=token)


class NotificationService:
    """activity.notifications.v1.NotificationService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = notifications.DESCRIPTOR.services_by_name[
        "NotificationService"
    ]

    def __init__(self) -> None:
        self._of = _by_user("notification_id", 60, _notification)

    async def GetNotification(
        self, request: notifications.GetNotificationRequest, context: Context
    ) -> notifications.Notification:
        wanted = required("notification_id", request.notification_id)
        return self._of(_user_of(wanted, kind="notification")).get(wanted)

    async def ListNotifications(
        self, request: notifications.ListNotificationsRequest, context: Context
    ) -> notifications.ListNotificationsResponse:
        page, token = self._of(_known(request.user_id)).page(
            request, keep=_is_unread if request.unread_only else None
        )
        return notifications.ListNotificationsResponse(notifications=page, next_page_token=token)

    async def GetUnreadCount(
        self, request: notifications.GetUnreadCountRequest, context: Context
    ) -> notifications.UnreadCount:
        user_id = _known(request.user_id)
        unread = [one for one in self._of(user_id).everything if _is_unread(one)]
        return notifications.UnreadCount(
            user_id=user_id,
            unread_count=len(unread),
            oldest_unread_time=unread[-1].create_time if unread else None,
            device_token=f"CANARY-device-token-{user_id}",
        )


class RecommendationService:
    """activity.recommendations.v1.RecommendationService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = recommendations.DESCRIPTOR.services_by_name[
        "RecommendationService"
    ]

    def __init__(self) -> None:
        self._of = _by_user("recommendation_id", 40, _recommendation)

    async def GetRecommendation(
        self, request: recommendations.GetRecommendationRequest, context: Context
    ) -> recommendations.Recommendation:
        wanted = required("recommendation_id", request.recommendation_id)
        return self._of(_user_of(wanted, kind="recommendation")).get(wanted)

    async def ListRecommendations(
        self, request: recommendations.ListRecommendationsRequest, context: Context
    ) -> recommendations.ListRecommendationsResponse:
        page, token = self._of(_known(request.user_id)).page(request)
        return recommendations.ListRecommendationsResponse(
            recommendations=page, next_page_token=token
        )


def _by_user(
    id_field: str, count: int, make: Callable[[str, int, Random], M]
) -> Callable[[str], Shelf[M]]:
    """A shelf for each user, built when first asked for."""

    def shelf(user_id: str) -> Shelf[M]:
        random = Random(f"{id_field} {user_id}")
        return Shelf(id_field, (make(user_id, index, random) for index in range(count)))

    return lru_cache(len(USER_IDS))(shelf)


def _known(user_id: str) -> str:
    if required("user_id", user_id) not in USER_IDS:
        raise not_found("user", user_id)
    return user_id


def _user_of(item_id: str, *, kind: str) -> str:
    """Ids carry their user: `a-ada-1`, `n-user-4-2`."""
    user_id = item_id.partition("-")[2].rpartition("-")[0]
    if user_id not in USER_IDS:
        raise not_found(kind, item_id)
    return user_id


def _is_unread(notification: notifications.Notification) -> bool:
    return not notification.HasField("read_time")


def _activity(user_id: str, index: int, random: Random) -> feed.Activity:
    actor = random.randrange(len(PEOPLE))
    activity = feed.Activity(
        activity_id=f"a-{user_id}-{index + 1}",
        user_id=user_id,
        actor_id=USER_IDS[actor],
        summary=f"{PEOPLE[actor]}: {SUBJECTS[index % len(SUBJECTS)]}",
        event_time=before(timedelta(minutes=index * 17 + 1)),
        internal_notes=f"CANARY-internal-notes-activity-{user_id}-{index + 1}",
    )
    if index % 3 == 0:
        activity.link_milestone.code = f"m{index:04d}"
        activity.link_milestone.click_count = 2**53 + index if index == 3 else 1000 * (index + 1)
    elif index % 3 == 1:
        activity.project_comment.project_id = f"project-{index % 60 + 1}"
        activity.project_comment.comment_id = f"c-{index + 1}"
    else:
        activity.completed_todo_id = f"t-{index + 1}"
    return activity


def _notification(user_id: str, index: int, random: Random) -> notifications.Notification:
    notification = notifications.Notification(
        notification_id=f"n-{user_id}-{index + 1}",
        user_id=user_id,
        text=SENTENCES[index % len(SENTENCES)],
        create_time=before(timedelta(hours=index + 1)),
        device_token=f"CANARY-device-token-{user_id}",
    )
    if index >= 3 and random.random() < 0.8:
        notification.read_time.CopyFrom(before(timedelta(hours=index)))
    if index % 2:
        notification.target_url = f"https://app.example/n/{index}"
    return notification


def _recommendation(user_id: str, index: int, random: Random) -> recommendations.Recommendation:
    recommendation = recommendations.Recommendation(
        recommendation_id=f"rec-{user_id}-{index + 1}",
        user_id=user_id,
        title=f"{random.choice(THINGS)} · {SUBJECTS[index % len(SUBJECTS)]}",
        url=f"https://app.example/r/{random.randint(1, 400)}",
        score=1 - index / 50,
        kind=recommendations.RecommendationKind.Name(index % 3 + 1),
        internal_notes=f"CANARY-internal-notes-recommendation-{user_id}-{index + 1}",
    )
    if index % 2 == 0:
        recommendation.reason = "Because you liked « café »"
    return recommendation

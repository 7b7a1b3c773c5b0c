"""Typed clients of activity/notifications/v1/notifications.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from bff.contract.client import Rpc, ServiceClient, carries
from generated.activity.notifications.v1 import notifications_pb2

GET_NOTIFICATION = Rpc(
    "activity.notifications.v1.NotificationService/GetNotification",
    notifications_pb2.GetNotificationRequest,
    notifications_pb2.Notification,
    idempotent=True,
)
LIST_NOTIFICATIONS = Rpc(
    "activity.notifications.v1.NotificationService/ListNotifications",
    notifications_pb2.ListNotificationsRequest,
    notifications_pb2.ListNotificationsResponse,
    idempotent=True,
)
GET_UNREAD_COUNT = Rpc(
    "activity.notifications.v1.NotificationService/GetUnreadCount",
    notifications_pb2.GetUnreadCountRequest,
    notifications_pb2.UnreadCount,
    idempotent=True,
)


class NotificationServiceClient(ServiceClient):
    """What a user should look at."""

    SERVICE = "activity.notifications.v1.NotificationService"

    @carries(GET_NOTIFICATION)
    async def get_notification(self, *, notification_id: str) -> notifications_pb2.Notification:
        """Returns one notification. Fails with NOT_FOUND when there is no such notification.

        notification_id  The notification's id.
        """
        return await self._call.unary(
            GET_NOTIFICATION,
            notifications_pb2.GetNotificationRequest(notification_id=notification_id),
        )

    @carries(LIST_NOTIFICATIONS)
    async def list_notifications(
        self,
        *,
        user_id: str,
        unread_only: bool | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> notifications_pb2.ListNotificationsResponse:
        """Lists the notifications of one user, newest first.

        user_id      The user's id.
        unread_only  Only those that the user has not read yet.
        page_size    How many notifications to return; 0 means 20, and more than 100 means 100.
        page_token   The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_NOTIFICATIONS,
            notifications_pb2.ListNotificationsRequest(
                user_id=user_id,
                unread_only=unread_only,
                page_size=page_size,
                page_token=page_token,
            ),
        )

    @carries(GET_UNREAD_COUNT)
    async def get_unread_count(self, *, user_id: str) -> notifications_pb2.UnreadCount:
        """Returns how many notifications a user has not read yet. It is 0 for a user without
        any.

        user_id  The user's id.
        """
        return await self._call.unary(
            GET_UNREAD_COUNT,
            notifications_pb2.GetUnreadCountRequest(user_id=user_id),
        )

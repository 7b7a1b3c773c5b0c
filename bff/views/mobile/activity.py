"""The mobile activity screen: a name, and the number on the bell."""

from bff.compose.view import Soft, View, call
from bff.views.fragments.me import Me
from bff.views.shapes.people import UserName
from generated.activity.notifications.v1.notifications_client import NotificationServiceClient


class Activity(Me, View, get="/v1/activity", client="mobile", deadline_ms=250):
    """How much the caller has not read yet."""

    user: UserName = UserName.of(Me._user)
    unread_count: Soft[int] = call(
        NotificationServiceClient.get_unread_count, user_id=Me.me
    ).unread_count

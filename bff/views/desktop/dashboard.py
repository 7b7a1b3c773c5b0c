"""The desktop dashboard: that of the web, with the sums over all links and the bell."""

from bff.compose.view import Soft, call
from bff.views.shapes.totals import Charts
from bff.views.web import dashboard as web
from generated.activity.notifications.v1.notifications_client import NotificationServiceClient
from generated.shortener.stats.v1.stats_client import StatsServiceClient


class Dashboard(web.Dashboard, client="desktop"):
    """The caller's profile, team and links, the sums over all links, and what is unread."""

    totals: Soft[Charts] = Charts.of(call(StatsServiceClient.get_totals, owner_id=web.Dashboard.me))
    unread_count: Soft[int] = call(
        NotificationServiceClient.get_unread_count, user_id=web.Dashboard.me
    ).unread_count

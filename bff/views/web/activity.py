"""The web activity screen: what happened around you, charts, and what you may like."""

from bff.compose.view import Soft, View, call, defer, policy
from bff.views.fragments.me import Me
from bff.views.shapes.activities import ActivityCard, RecommendationCard
from bff.views.shapes.people import Profile
from bff.views.shapes.totals import Charts
from generated.activity.feed.v1.feed_client import FeedServiceClient
from generated.activity.recommendations.v1.recommendations_client import (
    RecommendationServiceClient,
)
from generated.shortener.stats.v1.stats_client import StatsServiceClient

charts = policy(deadline_ms=300, stale_if_error_s=600)
slowly_changing = policy(fresh_s=30, stale_while_revalidate_s=300, stale_if_error_s=3600)


class Activity(Me, View, get="/v1/activity", client="web", deadline_ms=800):
    """The caller's profile, their fifty newest activities, charts, and twenty recommendations."""

    user: Profile = Profile.of(Me._user)
    activities: Soft[list[ActivityCard]] = ActivityCard.each(
        call(FeedServiceClient.list_activities, user_id=Me.me, page_size=50).activities
    )
    analytics: Soft[Charts] = Charts.of(charts.call(StatsServiceClient.get_totals, owner_id=Me.me))
    recommendations: Soft[list[RecommendationCard]] = defer(
        RecommendationCard.each(
            slowly_changing.call(
                RecommendationServiceClient.list_recommendations, user_id=Me.me, page_size=20
            ).recommendations
        )
    )

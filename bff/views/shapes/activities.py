"""What happened around a user, and what they may like."""

from google.protobuf.timestamp_pb2 import Timestamp

from bff.compose.view import Shape, src, which, word
from generated.activity.feed.v1.feed_pb2 import Activity, LinkMilestone, ProjectComment
from generated.activity.recommendations.v1.recommendations_pb2 import Recommendation


class Milestone(Shape[LinkMilestone]):
    """A link that was followed often."""

    milestone = src(LinkMilestone)
    code: str = milestone.code
    clicks: int = milestone.click_count


class CommentPlace(Shape[ProjectComment]):
    """Where somebody commented."""

    place = src(ProjectComment)
    project_id: str = place.project_id
    comment_id: str = place.comment_id


class ActivityCard(Shape[Activity]):
    """One thing that happened. `about` names the one of the three that is not null."""

    activity = src(Activity)
    id: str = activity.activity_id
    summary: str = activity.summary
    event_time: Timestamp | None = activity.event_time
    about: str | None = which(activity, "subject")
    link_milestone: Milestone | None = Milestone.of(activity.link_milestone)
    project_comment: CommentPlace | None = CommentPlace.of(activity.project_comment)
    completed_todo_id: str | None = activity.completed_todo_id


class RecommendationCard(Shape[Recommendation]):
    """One thing that the caller may like."""

    recommendation = src(Recommendation)
    id: str = recommendation.recommendation_id
    kind: str = word(recommendation.kind)
    title: str = recommendation.title
    url: str = recommendation.url
    score: float = recommendation.score
    reason: str | None = recommendation.reason

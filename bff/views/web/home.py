"""The web home page: who you are, what you wrote last, and how your links do."""

from bff.compose.view import Soft, View, call
from bff.views.fragments.me import Me
from bff.views.shapes.people import Profile
from bff.views.shapes.posts import PostCard
from bff.views.shapes.totals import Sums
from generated.projects.posts.v1.posts_client import PostServiceClient
from generated.shortener.stats.v1.stats_client import StatsServiceClient


class Home(Me, View, get="/v1/home", client="web", deadline_ms=600):
    """The caller's first page: their profile, their five newest posts, and their numbers."""

    user: Profile = Profile.of(Me._user)
    posts: Soft[list[PostCard]] = PostCard.each(
        call(PostServiceClient.list_posts, author_id=Me.me, page_size=5).posts
    )
    stats: Soft[Sums] = Sums.of(call(StatsServiceClient.get_totals, owner_id=Me.me))

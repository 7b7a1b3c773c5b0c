"""The web dashboard: full profile, team, and a page of links, each with its clicks of thirty days.

Four concurrent rpcs and a join by code: no rpc per link, and none waits for another.
"""

from bff.compose.view import Soft, View, call, paged
from bff.views.fragments.me import Me
from bff.views.shapes.links import WebLink
from bff.views.shapes.people import Profile
from bff.views.shapes.teams import TeamCard
from generated.shortener.links.v1.links_client import LinkServiceClient
from generated.shortener.teams.v1.teams_client import TeamServiceClient


class Dashboard(Me, View, get="/v1/dashboard", client="web", deadline_ms=800):
    """The caller's profile, team and links. `team` is null for a user without one.

    Send `nextCursor` of one answer as `cursor` to get the next page of links; it is empty on the
    last page.
    """

    user: Profile = Profile.of(Me._user)
    team: Soft[TeamCard] = TeamCard.of(call(TeamServiceClient.get_membership, user_id=Me.me))
    links: list[WebLink] = WebLink.each(
        paged(LinkServiceClient.list_links, owner_id=Me.me, page_size=20).links
    )

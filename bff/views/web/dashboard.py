"""The web dashboard: full profile, team, and a page of links, each with its clicks of thirty days.

Four concurrent rpcs and a join by code: no rpc per link, and none waits for another.
"""

from collections.abc import Mapping

from bff.compose.fanout import absent
from bff.compose.screen import screen
from bff.compose.shape import Shape
from bff.compose.visit import Visit
from bff.views.web.profile import Profile
from bff.views.web.texts import enum_word, time_text
from generated.identity.users.v1.users_client import UserServiceClient
from generated.shortener.links.v1.links_client import LinkServiceClient
from generated.shortener.links.v1.links_pb2 import Link
from generated.shortener.stats.v1.stats_client import StatsServiceClient
from generated.shortener.stats.v1.stats_pb2 import BatchGetDailyClicksResponse, DailyClicks
from generated.shortener.teams.v1.teams_client import TeamServiceClient
from generated.shortener.teams.v1.teams_pb2 import Membership, MembershipRole

LINKS_SHOWN = 20
DAYS_SHOWN = 30
OF_STATISTICS = ("/links/*/daily", "/links/*/countries", "/links/*/devices")
"""The parts of the answer that are null when the statistics fail."""


class TeamCard(Shape):
    """The caller's team and their role in it."""

    id: str
    name: str
    members: int
    role: str

    @classmethod
    def of(cls, membership: Membership) -> "TeamCard":
        return cls(
            id=membership.team.team_id,
            name=membership.team.display_name,
            members=membership.team.member_count,
            role=enum_word(MembershipRole, membership.role),
        )


class WebLink(Shape):
    """One link. `daily`, `countries` and `devices` are null where the statistics failed."""

    code: str
    url: str
    title: str
    tags: list[str]
    custom_slug: str | None
    expire_time: str | None
    clicks: int
    daily: list[int] | None
    countries: dict[str, int] | None
    devices: dict[str, int] | None

    @classmethod
    def of(cls, link: Link, clicks: DailyClicks | None) -> "WebLink":
        return cls(
            code=link.short_code,
            url=link.destination,
            title=link.title,
            tags=list(link.tags),
            custom_slug=link.custom_slug if link.HasField("custom_slug") else None,
            expire_time=time_text(link, "expire_time"),
            clicks=link.click_count_total,
            daily=list(clicks.daily) if clicks else None,
            countries=dict(sorted(clicks.countries.items())) if clicks else None,
            devices=dict(sorted(clicks.devices.items())) if clicks else None,
        )


class WebDashboard(Shape):
    """The first screen of the web client. `team` is null for a user without one."""

    user: Profile
    team: TeamCard | None
    links: list[WebLink]
    next_cursor: str


@screen(get="/web/v1/dashboard", client="web", deadline_ms=800)
async def dashboard(visit: Visit, *, cursor: str = "") -> WebDashboard:
    """The caller's profile, team and links.

    Send `nextCursor` of one answer as `cursor` to get the next page of links; it is empty on the
    last page.
    """
    users, links = visit.client(UserServiceClient), visit.client(LinkServiceClient)
    stats, teams = visit.client(StatsServiceClient), visit.client(TeamServiceClient)
    me = visit.caller_id
    async with visit.fanout() as ask:
        user = ask.need(users.get_user(user_id=me))
        page = ask.need(links.list_links(owner_id=me, page_size=LINKS_SHOWN, page_token=cursor))
        team = ask.soft(absent(teams.get_membership(user_id=me)), at="/team")
        clicks = ask.soft(
            stats.batch_get_daily_clicks(owner_id=me, days=DAYS_SHOWN), at=OF_STATISTICS
        )
    membership, by_code = await team, _by_code(await clicks)
    shown = await page
    return WebDashboard(
        user=Profile.of(await user),
        team=TeamCard.of(membership) if membership else None,
        links=[WebLink.of(link, by_code.get(link.short_code)) for link in shown.links],
        next_cursor=shown.next_page_token,
    )


def _by_code(reply: BatchGetDailyClicksResponse | None) -> Mapping[str, DailyClicks]:
    return {one.code: one for one in reply.daily_clicks} if reply else {}

"""The mobile dashboard: who you are and your ten newest links, small enough for a bad connection.

Two concurrent rpcs; the services are asked for exactly what is shown.
"""

from bff.compose.screen import screen
from bff.compose.shape import Shape
from bff.compose.visit import Visit
from generated.identity.users.v1.users_client import UserServiceClient
from generated.shortener.links.v1.links_client import LinkServiceClient

LINKS_SHOWN = 10


class Me(Shape):
    """The caller, in two fields."""

    name: str
    avatar_url: str


class LinkCard(Shape):
    """One link."""

    code: str
    clicks: int
    url: str


class MobileDashboard(Shape):
    """The first screen of the mobile app."""

    user: Me
    links: list[LinkCard]


@screen(get="/mobile/v1/dashboard", client="mobile", deadline_ms=250)
async def dashboard(visit: Visit) -> MobileDashboard:
    """The caller's ten newest links.

    Sends no more than a phone shows: at most 1.5 KB.
    """
    users, links = visit.client(UserServiceClient), visit.client(LinkServiceClient)
    async with visit.fanout() as ask:
        user = ask.need(users.get_user(user_id=visit.caller_id))
        newest = ask.need(links.list_links(owner_id=visit.caller_id, page_size=LINKS_SHOWN))
    me = await user
    return MobileDashboard(
        user=Me(name=me.display_name, avatar_url=me.avatar_url),
        links=[
            LinkCard(code=link.short_code, clicks=link.click_count_total, url=link.destination)
            for link in (await newest).links
        ],
    )

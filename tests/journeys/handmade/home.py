"""A screen that is a function: what it asks second depends on what it was told first."""

from bff.compose.fanout import absent
from bff.compose.screen import screen
from bff.compose.shape import Shape
from bff.compose.visit import Visit
from generated.identity.users.v1.users_client import UserServiceClient
from generated.shortener.links.v1.links_client import LinkServiceClient
from generated.shortener.teams.v1.teams_client import TeamServiceClient


class Home(Shape):
    """The caller, their team, and their newest links: of a long-standing caller, more."""

    name: str
    team: str | None
    short_codes: list[str]


@screen(get="/web/v1/home", client="web", deadline_ms=800)
async def home(visit: Visit, *, size: int = 3) -> Home:
    """The caller's first screen."""
    me = visit.caller_id
    async with visit.fanout() as ask:
        user = ask.need(visit.client(UserServiceClient).get_user(user_id=me))
        links = ask.need(
            visit.client(LinkServiceClient).list_links(owner_id=me, page_size=2 * size)
        )
        team = ask.soft(
            absent(visit.client(TeamServiceClient).get_membership(user_id=me)), at="/team"
        )
    found, membership = await user, await team
    shown = (await links).links[: size if found.display_name else 2 * size]
    return Home(
        name=found.display_name,
        team=membership.team.display_name if membership else None,
        short_codes=[one.short_code for one in shown],
    )

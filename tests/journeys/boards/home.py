"""A screen of parts over the demo's services: renamed fields, a shared call, soft parts."""

from bff.compose.parts import Given, Part, board
from bff.contract.codec.projection import Projected, Projection
from bff.contract.json_options import JsonChoices
from generated.identity.users.v1.users_client import GET_USER
from generated.identity.users.v1.users_pb2 import GetUserRequest
from generated.shortener.links.v1.links_client import LIST_LINKS
from generated.shortener.links.v1.links_pb2 import ListLinksRequest
from generated.shortener.stats.v1.stats_client import BATCH_GET_DAILY_CLICKS
from generated.shortener.stats.v1.stats_pb2 import BatchGetDailyClicksRequest
from generated.shortener.teams.v1.teams_client import GET_MEMBERSHIP
from generated.shortener.teams.v1.teams_pb2 import GetMembershipRequest

USER = Projection((Projected("display_name", "name"), Projected("avatar_url", "picture")))
CARD = Projection(
    (
        Projected("short_code", "code"),
        Projected("destination", "url"),
        Projected("click_count_total", "clicks"),
        Projected("custom_slug", "slug"),
        Projected("expire_time", "until"),
        Projected("state", "state"),
    )
)
TEAM = Projection(
    (
        Projected("role", "role"),
        Projected("team", "team", Projection((Projected("display_name", "title"),))),
    )
)


def _me(given: Given) -> GetUserRequest:
    return GetUserRequest(user_id=given.caller_id)


def _newest(given: Given) -> ListLinksRequest:
    cursor, size = given.text("cursor"), given.number("size")
    return ListLinksRequest(owner_id=given.caller_id, page_size=size, page_token=cursor)


def _membership(given: Given) -> GetMembershipRequest:
    return GetMembershipRequest(user_id=given.caller_id)


def _clicks(given: Given) -> BatchGetDailyClicksRequest:
    return BatchGetDailyClicksRequest(owner_id=given.caller_id, days=given.number("days"))


home = board(
    name="home",
    get="/web/v1/home/{days}",
    client="web",
    deadline_ms=800,
    about="The caller's first screen.\n\n`clicks` are those of the last `days`.",
    inputs={"days": int, "cursor": "", "size": 3},
    json=JsonChoices(int64="number", enums="short"),
    parts=(
        Part(name="user", rpc=GET_USER, ask=_me, show=USER),
        Part(name="links", rpc=LIST_LINKS, ask=_newest, path=("links",), show=CARD),
        Part(name="team", rpc=GET_MEMBERSHIP, ask=_membership, show=TEAM, soft=True),
        Part(
            name="clicks",
            rpc=BATCH_GET_DAILY_CLICKS,
            ask=_clicks,
            path=("daily_clicks",),
            soft=True,
            deadline_ms=300,
        ),
        Part(name="next", rpc=LIST_LINKS, ask=_newest, path=("next_page_token",)),
    ),
)

"""The shortener: 2,000 links, who clicked on them, and teams.

Why       One screen needs four services at once, and clicks must come keyed by code, without
          waiting for the list of links.
Called by systems.py; projects and activity use StatsService too.
Never     changes a link; numbers of a link follow from its code alone, so every service agrees.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import lru_cache
from random import Random
from string import ascii_letters, digits
from typing import ClassVar

from google.protobuf.descriptor import ServiceDescriptor

from fake_services.doors import Context
from fake_services.identity import USER_IDS
from fake_services.refusal import invalid, not_found, required
from fake_services.shelf import Shelf, check_batch
from fake_services.words import COUNTRIES, SUBJECTS, TAGS, before, some, split
from generated.shortener.links.v1 import links_pb2 as links
from generated.shortener.stats.v1 import stats_pb2 as stats
from generated.shortener.teams.v1 import teams_pb2 as teams

LINK_COUNT = 2_000
MAX_DAYS = 90
_FIRST_LINKS = ("ada",) * 40 + ("bob",) * 25 + ("cleo",) * 12
_MAX_LINKS_OF_OWNER = 1000


class LinkService:
    """shortener.links.v1.LinkService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = links.DESCRIPTOR.services_by_name["LinkService"]

    def __init__(self) -> None:
        self._links = _link_shelf()

    async def GetLink(self, request: links.GetLinkRequest, context: Context) -> links.Link:
        return self._links.get(request.code, field="code")

    async def BatchGetLinks(
        self, request: links.BatchGetLinksRequest, context: Context
    ) -> links.BatchGetLinksResponse:
        return links.BatchGetLinksResponse(links=self._links.batch(request.codes, field="codes"))

    async def ListLinks(
        self, request: links.ListLinksRequest, context: Context
    ) -> links.ListLinksResponse:
        page, token = self._links.page(request, group=request.owner_id)
        return links.ListLinksResponse(links=page, next_page_token=token)


class StatsService:
    """shortener.stats.v1.StatsService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = stats.DESCRIPTOR.services_by_name["StatsService"]

    def __init__(self) -> None:
        self._links = _link_shelf()
        owners = dict.fromkeys(link.owner_id for link in self._links.everything)
        self._owners = Shelf("owner_id", (stats.Totals(owner_id=owner) for owner in sorted(owners)))
        # Sums cost milliseconds and never change.
        self._clicks: Callable[[str, int], stats.DailyClicks] = lru_cache(4096)(_daily_clicks)
        self._sums: Callable[[str], stats.Totals] = lru_cache(256)(self._totals)

    async def GetDailyClicks(
        self, request: stats.GetDailyClicksRequest, context: Context
    ) -> stats.DailyClicks:
        code = self._links.get(request.code, field="code").short_code
        return self._clicks(code, _days(request.days))

    async def BatchGetDailyClicks(
        self, request: stats.BatchGetDailyClicksRequest, context: Context
    ) -> stats.BatchGetDailyClicksResponse:
        days = _days(request.days)
        clicks = [self._clicks(link.short_code, days) for link in self._chosen(request)]
        return stats.BatchGetDailyClicksResponse(daily_clicks=clicks)

    async def ListDailyClicks(
        self, request: stats.ListDailyClicksRequest, context: Context
    ) -> stats.ListDailyClicksResponse:
        days = _days(request.days)
        page, token = self._links.page(request)
        clicks = [self._clicks(link.short_code, days) for link in page]
        return stats.ListDailyClicksResponse(daily_clicks=clicks, next_page_token=token)

    async def GetTotals(self, request: stats.GetTotalsRequest, context: Context) -> stats.Totals:
        return self._sums(_owner(request.owner_id, field="owner_id"))

    async def BatchGetTotals(
        self, request: stats.BatchGetTotalsRequest, context: Context
    ) -> stats.BatchGetTotalsResponse:
        check_batch(request.owner_ids, field="owner_ids")
        known = [owner for owner in request.owner_ids if owner in USER_IDS]
        return stats.BatchGetTotalsResponse(totals=[self._sums(owner) for owner in known])

    async def ListTotals(
        self, request: stats.ListTotalsRequest, context: Context
    ) -> stats.ListTotalsResponse:
        page, token = self._owners.page(request)
        sums = [self._sums(owner.owner_id) for owner in page]
        return stats.ListTotalsResponse(totals=sums, next_page_token=token)

    def _chosen(self, request: stats.BatchGetDailyClicksRequest) -> list[links.Link]:
        if bool(request.codes) == bool(request.owner_id):
            raise invalid("codes", "exactly one of codes and owner_id must be given")
        if request.codes:
            return self._links.batch(request.codes, field="codes")
        if request.limit < 0:
            raise invalid("limit", "must not be negative")
        return self._links.group(request.owner_id)[: min(request.limit or 100, _MAX_LINKS_OF_OWNER)]

    def _totals(self, owner_id: str) -> stats.Totals:
        owned = self._links.group(owner_id)
        clicks = [self._clicks(link.short_code, 30) for link in owned]
        totals = stats.Totals(
            owner_id=owner_id,
            link_count=len(owned),
            click_count_total=sum(link.click_count_total for link in owned),
            daily=[sum(day) for day in zip(*(one.daily for one in clicks), strict=True)]
            or [0] * 30,
            bytes_served=2**60 + zlib.crc32(owner_id.encode()),
            as_of_time=before(timedelta()),
            internal_notes=f"CANARY-internal-notes-totals-{owner_id}",
        )
        for one in clicks:
            for country, count in one.countries.items():
                totals.countries[country] += count
            for device, count in one.devices.items():
                totals.devices[device] += count
        if owned:
            totals.conversion_rate = zlib.crc32(owner_id.encode()) % 1000 / 7000
        return totals


class TeamService:
    """shortener.teams.v1.TeamService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = teams.DESCRIPTOR.services_by_name["TeamService"]

    def __init__(self) -> None:
        members = {user: index % 25 + 1 for index, user in enumerate(USER_IDS) if index % 4 < 2}
        sizes = [list(members.values()).count(number) for number in range(1, 26)]
        self._teams = Shelf("team_id", [_team(n, size) for n, size in enumerate(sizes, 1) if size])
        self._members = Shelf(
            "user_id",
            [self._membership(user, number) for user, number in members.items()],
        )

    async def GetTeam(self, request: teams.GetTeamRequest, context: Context) -> teams.Team:
        return self._teams.get(request.team_id)

    async def BatchGetTeams(
        self, request: teams.BatchGetTeamsRequest, context: Context
    ) -> teams.BatchGetTeamsResponse:
        found = self._teams.batch(request.team_ids, field="team_ids")
        return teams.BatchGetTeamsResponse(teams=found)

    async def ListTeams(
        self, request: teams.ListTeamsRequest, context: Context
    ) -> teams.ListTeamsResponse:
        page, token = self._teams.page(request)
        return teams.ListTeamsResponse(teams=page, next_page_token=token)

    async def GetMembership(
        self, request: teams.GetMembershipRequest, context: Context
    ) -> teams.Membership:
        user = required("user_id", request.user_id)
        found = self._members.batch([user], field="user_id")
        if not found:
            raise not_found("membership", user, sentence=f"user {user!r} has no team")
        return found[0]

    async def BatchGetMemberships(
        self, request: teams.BatchGetMembershipsRequest, context: Context
    ) -> teams.BatchGetMembershipsResponse:
        found = self._members.batch(request.user_ids, field="user_ids")
        return teams.BatchGetMembershipsResponse(memberships=found)

    async def ListMemberships(
        self, request: teams.ListMembershipsRequest, context: Context
    ) -> teams.ListMembershipsResponse:
        wanted = request.team_id
        page, token = self._members.page(
            request, keep=(lambda member: member.team.team_id == wanted) if wanted else None
        )
        return teams.ListMembershipsResponse(memberships=page, next_page_token=token)

    def _membership(self, user_id: str, number: int) -> teams.Membership:
        return teams.Membership(
            user_id=user_id,
            team=self._teams.get(f"team-{number}"),
            role=teams.MEMBERSHIP_ROLE_LEAD if user_id == "ada" else teams.MEMBERSHIP_ROLE_MEMBER,
            join_time=before(timedelta(days=number * 9)),
            internal_notes=f"CANARY-internal-notes-membership-{user_id}",
        )


def _team(number: int, size: int) -> teams.Team:
    return teams.Team(
        team_id=f"team-{number}",
        display_name=f"{SUBJECTS[number % len(SUBJECTS)]} · équipe {number}",
        member_count=size,
        link_quota=2**54 + number,
        create_time=before(timedelta(days=900 - number)),
        billing_account=f"CANARY-billing-account-team-{number}",
    )


def _link_shelf() -> Shelf[links.Link]:
    return Shelf("short_code", _links(), group_by="owner_id")


def _links() -> Iterator[links.Link]:
    """All links, newest first."""
    random = Random("links")
    rest = USER_IDS[3:]
    owners = [*_FIRST_LINKS]
    owners += [rest[index % len(rest)] for index in range(LINK_COUNT - len(owners))]
    random.shuffle(owners)
    codes: dict[str, None] = {}
    while len(codes) < LINK_COUNT:
        codes["".join(random.choices(ascii_letters + digits, k=5))] = None
    for index, (code, owner) in enumerate(zip(codes, owners, strict=True)):
        yield _link(index, code, owner, random)


def _link(index: int, code: str, owner: str, random: Random) -> links.Link:
    state = links.LINK_STATE_EXPIRED if index % 13 == 12 else links.LINK_STATE_ACTIVE
    link = links.Link(
        short_code=code,
        destination=f"https://site-{index % 97}.example/a/{index}?q=%C3%A9",
        title=f"{random.choice(SUBJECTS)} #{index}",
        tags=some(random, TAGS, most=3),
        # At least the clicks of the last days, which `_daily_clicks` makes from the same base.
        click_count_total=_base(code) * MAX_DAYS + random.randint(0, 90_000),
        create_time=before(timedelta(hours=index * 7, seconds=random.randint(0, 3600))),
        owner_id=owner,
        state=state,
        campaign={"utm_source": "newsletter", "utm_term": "été"} if index % 5 == 0 else {},
        internal_notes=f"CANARY-internal-notes-link-{code}",
    )
    if index % 4 == 1:
        link.custom_slug = f"my-link-{index}"
    if index % 13 == 12:
        link.expire_time.CopyFrom(before(timedelta(days=index % 60 + 1)))
    elif index % 6 == 2:
        link.expire_time.CopyFrom(before(-timedelta(days=index % 60 + 1)))
    return link


def _base(code: str) -> int:
    """The most clicks that a link gets a day."""
    return zlib.crc32(code.encode()) % 60 + 1


def _daily_clicks(code: str, days: int) -> stats.DailyClicks:
    random = Random(f"clicks {code}")
    daily = random.choices(range(_base(code) + 1), k=MAX_DAYS)[-days:]
    total = sum(daily)
    return stats.DailyClicks(
        code=code,
        daily=daily,
        countries=split(total, random.sample(COUNTRIES, 4), random),
        devices=split(total, ["mobile", "desktop", "tablet"], random),
        total=total,
        internal_notes=f"CANARY-internal-notes-clicks-{code}",
    )


def _days(days: int) -> int:
    if not 0 <= days <= MAX_DAYS:
        raise invalid("days", f"must be from 0 to {MAX_DAYS}")
    return days or 30


def _owner(owner_id: str, *, field: str) -> str:
    if required(field, owner_id) not in USER_IDS:
        raise not_found("owner", owner_id)
    return owner_id

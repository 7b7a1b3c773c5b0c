"""Services of ours under real calls: what each rpc answers is set by the test.

Called by tests/compose/view, tests/contract/test_scrub.py, tests/journeys/test_views_page.py.
"""

import asyncio
from functools import cache
from pathlib import Path
from typing import Any

from bff.contract.catalog import Catalog
from bff.terms.context import Identity, Metadata, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.events import Event
from generated.identity.users.v1.users_pb2 import User
from generated.shortener.links.v1.links_pb2 import Link, ListLinksResponse
from generated.shortener.teams.v1.teams_pb2 import Membership, Team

ROOT = Path(__file__).parents[2]
FAR_S = 100.0

ADA = User(user_id="ada", display_name="Ada", password_hash="CANARY")
LINKS = ListLinksResponse(
    links=[Link(short_code="a", click_count_total=3), Link(short_code="b", custom_slug="bee")],
    next_page_token="p2",
)
LEAD = Membership(team=Team(display_name="Core"))


@cache
def catalog() -> Catalog:
    """The demo's contract."""
    return Catalog.of((ROOT / "generated" / "descriptors.binpb").read_bytes())


class Services:
    """Answers by rpc: a message, bytes, a Failure, or a future of one of these."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, bytes, Deadline, Metadata]] = []
        self.cancelled: list[str] = []
        self.events: list[Event] = []

    async def unary(
        self, path: str, request: bytes, *, metadata: Metadata, deadline: Deadline, hear: Any = None
    ) -> bytes:
        name = path.rpartition("/")[2]
        self.asked.append((name, request, deadline, metadata))
        answer = self.answers[name]
        try:
            if isinstance(answer, asyncio.Future):
                answer = await answer
        except asyncio.CancelledError:
            self.cancelled.append(name)
            raise
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, bytes) else bytes(answer.SerializeToString())

    @property
    def names(self) -> list[str]:
        return [one[0] for one in self.asked]


def well(**answers: Any) -> Services:
    return Services(**{"GetUser": ADA, "ListLinks": LINKS, "GetMembership": LEAD, **answers})


def a_context(subject: str = "ada", *, seconds: float = FAR_S) -> RequestContext:
    return RequestContext("r", Deadline.after(seconds), Identity(subject=subject))

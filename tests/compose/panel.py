"""A board over a transport of ours: what each rpc answers is set by the test.

Called by test_parts.py, test_board_document.py, test_board_mistakes.py.
"""

import asyncio
from functools import cache
from pathlib import Path
from typing import Any

from bff.calls.pipeline import pipeline
from bff.compose.boards import Boards
from bff.compose.endpoint import Answer, Ask, Endpoint
from bff.compose.parts import Board, Given, Part, board
from bff.contract.catalog import Catalog
from bff.contract.codec.native_engine import ENGINE, Engine
from bff.contract.codec.projection import Projected, Projection
from bff.terms.context import Identity, Metadata, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.events import Event
from generated.identity.users.v1.users_client import GET_USER
from generated.identity.users.v1.users_pb2 import GetUserRequest, User
from generated.shortener.links.v1.links_client import LIST_LINKS
from generated.shortener.links.v1.links_pb2 import Link, ListLinksRequest, ListLinksResponse
from generated.shortener.teams.v1.teams_client import GET_MEMBERSHIP
from generated.shortener.teams.v1.teams_pb2 import GetMembershipRequest, Membership, Team

ROOT = Path(__file__).parents[2]
FAR_S = 100.0

ADA = User(user_id="ada", display_name="Ada", password_hash="CANARY")
LINKS = ListLinksResponse(
    links=[Link(short_code="a", click_count_total=3), Link(short_code="b", custom_slug="bee")],
    next_page_token="p2",
)
LEAD = Membership(team=Team(display_name="Core"))
NAME = Projection((Projected("display_name", "name"),))
CARD = Projection(
    (
        Projected("custom_slug", "slug"),
        Projected("click_count_total", "clicks"),
        Projected("short_code", "code"),
    )
)


def me(given: Given) -> GetUserRequest:
    return GetUserRequest(user_id=given.caller_id)


def mine(given: Given) -> ListLinksRequest:
    return ListLinksRequest(owner_id=given.caller_id)


def my_team(given: Given) -> GetMembershipRequest:
    return GetMembershipRequest(user_id=given.caller_id)


USER: Any = Part(name="user", rpc=GET_USER, ask=me, show=NAME)
CARDS: Any = Part(name="links", rpc=LIST_LINKS, ask=mine, path=("links",), show=CARD)
NEXT: Any = Part(name="next", rpc=LIST_LINKS, ask=mine, path=("next_page_token",))


def team(**options: Any) -> Any:
    options = {"path": ("team",), "show": NAME, "soft": True, **options}
    return Part(name="team", rpc=GET_MEMBERSHIP, ask=my_team, **options)


def of(*parts: Any, **options: Any) -> Board:
    options = {"get": "/web/v1/home", "deadline_ms": 800, **options}
    return board(name="home", client="web", parts=parts, **options)


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

    def endpoint(self, board: Board, *, engine: Engine = ENGINE) -> Endpoint:
        transport: Any = self
        calls = pipeline({"*": transport}, emit=self.events.append)
        [endpoint] = Boards(catalog(), calls=calls, engine=engine).endpoints([board])
        return endpoint


def well(**answers: Any) -> Services:
    return Services(**{"GetUser": ADA, "ListLinks": LINKS, "GetMembership": LEAD, **answers})


def a_context(subject: str = "ada", *, seconds: float = FAR_S) -> RequestContext:
    return RequestContext("r", Deadline.after(seconds), Identity(subject=subject))


async def shown(
    board: Board,
    services: Services,
    *,
    values: tuple[str, ...] = (),
    query: str = "",
    context: RequestContext | None = None,
    engine: Engine = ENGINE,
) -> Answer:
    ask = Ask(values=values, query=query, body=b"", content_type="", headers={})
    answer = await services.endpoint(board, engine=engine).run(context or a_context(), ask)
    assert isinstance(answer, Answer)
    return answer

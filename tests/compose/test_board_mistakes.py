"""Mistakes in a screen of parts: all of them, at boot, each a line with the declaration's place."""

from pathlib import Path
from typing import Any

import pytest

from bff.calls.pipeline import pipeline
from bff.compose.boards import Boards
from bff.compose.parts import Board, Part, board
from bff.contract.client import Rpc
from bff.contract.codec.projection import Projected, Projection
from bff.terms.errors import BadInput
from bff.terms.events import silence
from bff.terms.mistakes import ContractMistakes
from generated.identity.users.v1.users_client import GET_USER
from generated.identity.users.v1.users_pb2 import GetUserRequest, User
from generated.shortener.links.v1.links_client import LIST_LINKS
from generated.shortener.links.v1.links_pb2 import ListLinksRequest
from tests.compose.panel import catalog

TWICE = Projection((Projected("email", "email"), Projected("email", "mail")))


def _user(_given: Any) -> GetUserRequest:
    return GetUserRequest()


def _links(_given: Any) -> ListLinksRequest:
    return ListLinksRequest()


def part(name: str = "user", rpc: Any = GET_USER, ask: Any = _user, **options: Any) -> Any:
    return Part(name=name, rpc=rpc, ask=ask, **options)


def showing(*fields: str) -> Projection:
    return Projection(tuple(Projected(one, one) for one in fields))


def mistakes(*boards: Board) -> list[str]:
    with pytest.raises(ContractMistakes) as caught:
        Boards(catalog(), calls=pipeline({}, emit=silence)).endpoints(boards)
    return [str(one) for one in caught.value.exceptions]


def of(*parts: Any, get: str = "/web/v1/home", **options: Any) -> Board:
    return board(name="home", get=get, client="web", deadline_ms=1, parts=parts, **options)


def refusing(_given: Any) -> GetUserRequest:
    raise BadInput.at("x", "this is not ours")


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ((), "a board shows nothing without parts"),
        ((part(show=showing("nickname")),), "part user: there is no such field to project"),
        ((part(show=showing("password_hash")),), "part user: this field is never written"),
        ((part(show=TWICE),), "part user: field email is projected twice"),
        ((part(path=("nam",)),), "part user: path: identity.users.v1.User has no field `nam`"),
        ((part(path=("email",), show=showing()),), "part user: there are no fields inside"),
        ((part(), part()), "part user: another part has this name"),
        ((part("a-b"),), "part a-b: name it with letters, digits and _"),
        ((part("errors"),), "part errors: this name is that of the list of what failed"),
        ((part(deadline_ms=0),), "part user: deadline_ms must be above 0"),
        (
            (part(rpc=Rpc("a.v1.Users/Get", GetUserRequest, User)),),
            "part user: no service has the rpc a.v1.Users/Get",
        ),
        ((part(ask=_links),), "part user: its ask makes a ListLinksRequest, not a GetUserRequest"),
        (
            (part(ask=lambda given: GetUserRequest(user_id=given.text("id"))),),
            "part user: its ask raises KeyError: 'id'",
        ),
        (
            (part("a"), part("b", soft=True)),
            "parts a and b share a call: soft and deadline_ms as well",
        ),
    ],
)
def test_a_mistake_names_the_board_the_part_and_the_place(parts, what):
    [found] = mistakes(of(*parts))

    assert f"web.home: {what}" in found
    place, _, line = found.rpartition(" @ ")[2].partition(":")
    assert "tests/compose/test_board_mistakes.py" == place
    here = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert "return board(" in here[int(line) - 1]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"get": "web"}, "path template 'web'"),
        ({"inputs": {"ratio": 0.5}}, "input ratio must be str or int"),
        ({"inputs": {"flag": True}}, "input flag must be str or int"),
        ({"get": "/web/{id}", "inputs": {"id": "x"}}, "input id is in every path: it needs no"),
    ],
)
def test_a_mistake_of_the_board_itself(options, what):
    [found] = mistakes(of(part(), **options))

    assert f"web.home: {what}" in found


def test_a_streaming_rpc_is_no_part():
    streaming = next(rpc for rpc in catalog().methods.values() if rpc.server_streaming)
    rpc = Rpc(streaming.name, GetUserRequest, User)

    assert f"{streaming.name} streams" in mistakes(of(part(rpc=rpc)))[0]


def test_all_mistakes_of_all_boards_are_told_at_once():
    one = of(part(show=showing("x", "y")), part("a b"))
    other = of(part(path=("z",)), get="/web/v1/other")

    assert 4 == len(mistakes(one, other))


def test_an_ask_may_refuse_made_up_inputs():
    """It is tried at boot with inputs that nobody sent: only a bug is a mistake."""
    boards = Boards(catalog(), calls=pipeline({}, emit=silence))

    assert 1 == len(boards.endpoints([of(part(ask=refusing), part("links", LIST_LINKS, _links))]))


def test_a_part_of_raw_bytes_is_a_mistake():
    raw = [
        rpc for rpc in catalog().methods.values()
        if rpc.unary and rpc.reply.DESCRIPTOR.full_name == "google.api.HttpBody"
    ]  # fmt: skip
    rpc = Rpc(raw[0].name, raw[0].request, raw[0].reply)

    assert (
        "raw bytes have no place in JSON"
        in mistakes(of(part(rpc=rpc, ask=lambda _given: raw[0].request())))[0]
    )

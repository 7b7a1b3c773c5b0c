"""Every way that we know of to answer a call with rubbish, and what a client must be told of it.

Why       The tables of tests/transport say what a call comes to; here the same rubbish goes through
          a whole BFF, and what its messages say is rubbish, too.
Called by scenarios/garbage.py.
"""

from dataclasses import dataclass

from bff.contract.status import PROBLEMS
from tests.faults.rogue import Greeting, Misdeed
from tests.transport import (
    test_misbehaviour_answers,
    test_misbehaviour_floods,
    test_misbehaviour_frames,
    test_misbehaviour_resets,
)
from tests.transport.expectations import Does
from tests.transport.raw_frames import (
    SETTINGS_ACK,
    Setting,
    answer,
    goaway,
    ping,
    settings,
)
from tests.transport.raw_server import Asked, Peer

INVALID, UNAVAILABLE = "502 upstream-invalid-response", "503 upstream-unavailable"
FLOOD_FRAMES = 20_000
"""More than any limit of ours on frames that cost their sender nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """told  what a client may hear of it: the status, and the problem's slug"""

    name: str
    told: frozenset[str]
    misdeed: Misdeed | None = None
    greeting: Greeting | None = None


def modes() -> tuple[Mode, ...]:
    return (*_messages(), *_answers(), *_broken_connections(), *_floods(), *_greetings())


def _telling(does: Does) -> Misdeed:
    return lambda peer, asked: peer.send(does(asked.stream))


def _slug(comes_to: str) -> str:
    """
    >>> _slug("said not-found")
    '404 not-found'
    """
    slug = comes_to.rpartition(" ")[2]
    return f"{PROBLEMS[slug].status} {slug}"


def _answers() -> list[Mode]:
    """Good HTTP/2, bad gRPC; streams that end too early."""
    tables = (
        test_misbehaviour_answers.TABLE,
        test_misbehaviour_resets.TABLE,
        test_misbehaviour_frames.STREAM,
    )
    return [
        Mode(name=row.name, told=frozenset({_slug(row.comes_to)}), misdeed=_telling(row.does))
        for table in tables
        for row in table
        if not row.comes_to.startswith("answer")
    ]


def _broken_connections() -> list[Mode]:
    """Rubbish that ends the connection: who asks before the next one is there can't be served."""
    return [
        Mode(name=row.name, told=frozenset({INVALID, UNAVAILABLE}), misdeed=_telling(row.does))
        for row in test_misbehaviour_frames.CONNECTION
    ]


def _floods() -> list[Mode]:
    """Frames that cost their sender nothing."""

    def flooding(begin: Does, again: Does) -> Misdeed:
        async def flood(peer: Peer, asked: Asked) -> None:
            peer.send(begin(asked.stream))
            thousand = again(asked.stream) * 1_000
            for _ in range(FLOOD_FRAMES // 1_000):
                if peer.is_gone:
                    return
                peer.send(thousand)
                await peer.flushed()

        return flood

    return [
        Mode(
            name=f"a flood of {name}",
            told=frozenset({INVALID, UNAVAILABLE}),
            misdeed=flooding(begin, again),
        )
        for name, begin, again in test_misbehaviour_floods.FLOODS
    ]


def _greetings() -> list[Mode]:
    """What is no HTTP/2 from the first byte on."""
    said = {
        "HTTP/1": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        "SSH": b"SSH-2.0-OpenSSH_9\r\n",
        "zeros": bytes(100),
        "TLS": b"\x15\x03\x01\x00\x02\x02\x28" * 2,
        "a PING first": ping(),
        "an ACK first": SETTINGS_ACK,
        "bad settings": settings({Setting.MAX_FRAME_SIZE: 1}),
        "a GOAWAY first": goaway(0, 2),
    }

    def saying(words: bytes) -> Greeting:
        return lambda peer: peer.send(words)

    def closing(peer: Peer) -> None:
        peer.close()

    def resetting(peer: Peer) -> None:
        peer.abort()

    ends: dict[str, Greeting] = {"a FIN at accept": closing, "a RST at accept": resetting}
    greetings = {**{name: saying(words) for name, words in said.items()}, **ends}
    return [
        Mode(name=name, told=frozenset({INVALID, UNAVAILABLE}), greeting=greeting)
        for name, greeting in greetings.items()
    ]


def _messages() -> list[Mode]:
    """A perfect gRPC answer whose message is none: 502, never an empty 200."""

    def replying(wire: bytes) -> Misdeed:
        return lambda peer, asked: peer.send(answer(asked.stream, wire))

    wires = {
        "a length that runs over the end": b"\x0a\x7fshort",
        "a varint without an end": b"\x20" + b"\xff" * 11,
        "half a tag": b"\x0a\x01r\x80",
        "field number 0": b"\x02\x01a",
        "wire type 7": b"\x0f\x01",
        "a group that never ends": b"\x53\x0a\x01a",
        "the end of a group that never began": b"\x54",
        "text that is not UTF-8": b"\x0a\x04\xff\xfe\xfd\xfc",
        "half a surrogate as text": b"\x0a\x03\xed\xa0\x80",
        "HTML": b"<html><body>502 Bad Gateway</body></html>",
        "JSON": b'{"id": "r-1"}',
        "groups, two hundred deep": b"\x53" * 200 + b"\x54" * 200,
    }
    return [
        Mode(name=name, told=frozenset({INVALID}), misdeed=replying(wire))
        for name, wire in wires.items()
    ]

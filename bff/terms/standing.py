"""Whose session has ended: said once, heard by every stream that would outlive it.

Why       A stream is let in once and may last an hour; whoever opened it may sign out meanwhile.
Called by guard (says it), compose/streaming.py (hears it).
Never     knows a session, only the name of its place.
Source    docs/sessions.md "How long it lasts".
"""

from asyncio import Future

from bff.terms.errors import Refused


class Standings:
    """Streams by the session that they were let in with."""

    def __init__(self) -> None:
        self._streams: dict[str, set[Future[None]]] = {}

    def __repr__(self) -> str:
        streams = sum(map(len, self._streams.values()))
        return f"<Standings: {streams} streams of {len(self._streams)} sessions>"

    @property
    def sessions(self) -> tuple[str, ...]:
        """Those that have a stream."""
        return tuple(self._streams)

    def join(self, session: str, one: "Future[None]") -> None:
        """Have this future done when that session ends; `leave` must follow."""
        self._streams.setdefault(session, set()).add(one)

    def leave(self, session: str, one: "Future[None]") -> None:
        streams = self._streams[session]
        streams.discard(one)
        if not streams:
            del self._streams[session]

    def end(self, session: str) -> None:
        """Nobody is signed in by it any more."""
        for one in self._streams.get(session, ()):
            if not one.done():
                one.set_result(None)


def signed_out() -> Refused:
    """What whoever comes with such a session is told; the last thing that a stream of it says."""
    return Refused("The session has ended: sign in again.", reason="session-expired")

"""Whose session or token has ended: said once, heard by every stream that would outlive it.

Why       A stream is let in once and may last an hour; whoever opened it may sign out meanwhile,
          or have shown a token that is good for a minute.
Called by guard (says it), compose/streaming.py (hears it).
Never     knows a session, only the name of its place.
Source    docs/sessions.md "How long it lasts"; docs/streaming.md "How long it lasts".
"""

from bff.terms.closing import Ending, end
from bff.terms.errors import Refused

TOKEN_EXPIRED = "The bearer token has expired: sign in again or refresh it."  # noqa: S105


class Standings:
    """Streams by the session that they were let in with."""

    def __init__(self) -> None:
        self._streams: dict[str, set[Ending]] = {}

    def __repr__(self) -> str:
        streams = sum(map(len, self._streams.values()))
        return f"<Standings: {streams} streams of {len(self._streams)} sessions>"

    @property
    def sessions(self) -> tuple[str, ...]:
        """Those that have a stream."""
        return tuple(self._streams)

    def join(self, session: str, one: Ending) -> None:
        """Have this one end when that session does; `leave` must follow."""
        self._streams.setdefault(session, set()).add(one)

    def leave(self, session: str, one: Ending) -> None:
        streams = self._streams[session]
        streams.discard(one)
        if not streams:
            del self._streams[session]

    def end(self, session: str) -> None:
        """Nobody is signed in by it any more."""
        for one in self._streams.get(session, ()):
            end(one, signed_out)


def signed_out() -> Refused:
    """What whoever comes with such a session is told; the last thing that a stream of it says."""
    return Refused("The session has ended: sign in again.", reason="session-expired")


def token_expired() -> Refused:
    """As the 401 says it; the last thing that a stream of it says."""
    return Refused(TOKEN_EXPIRED)

"""How long a connection may keep us waiting, and for what. Pure.

Why       A socket that stalls costs its client nothing and us a place: without a limit, a few
          hundred of them are an outage.
Called by connections.py, about once a second for each connection.
Source    docs/spec/reliability.md section 1 ("no read timeout at all"), F14; docs/spec/bad-input.md
          rows 19, 20; RFC 9110 15.5.9.
"""

from dataclasses import dataclass, fields
from typing import Literal, NamedTuple

from bff.terms.mistakes import ContractMistake

Late = Literal["", "silent", "head", "body", "write", "idle", "parting"]
PARTING_S = 2.0
"""How long a client that was refused may take to read why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionOptions:
    """What one client may cost before anybody knows what it asks.

    head_s           from the first byte of a request, or from the connection's start, to the end
                     of its head
    body_s           the whole body; an upload message by message has [calls] stream_pause_ms
    body_bytes_per_s  a body that is slower than this, after `body_grace_s`, is too slow
    write_s          how long a client may take nothing of what is sent to it
    idle_s           between two requests of one connection
    line_bytes       of the request line
    head_bytes       of all headers
    headers          how many headers
    pipelined        requests that may wait behind the one that is being answered
    per_address      connections of one address; trusted proxies may have more
    total            connections of all
    hosts            names that are answered to, without port; () for any
    """

    head_s: float = 10.0
    body_s: float = 30.0
    body_grace_s: float = 10.0
    body_bytes_per_s: int = 1_024
    write_s: float = 30.0
    idle_s: float = 75.0
    line_bytes: int = 8_192
    head_bytes: int = 32_768
    headers: int = 100
    pipelined: int = 16
    per_address: int = 256
    total: int = 10_000
    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ContractMistake for a limit that nothing could keep."""
        for name in (one.name for one in fields(self)):
            value = getattr(self, name)
            if isinstance(value, (int, float)) and value <= 0:
                raise ContractMistake("must be more than 0", where=f"connections.{name}")


class Waits(NamedTuple):
    """Since when one connection waits for what; None where it does not.

    head_since_s  for the rest of a head; `began` is false where not one byte of it came
    """

    head_since_s: float | None = None
    began: bool = False
    body_since_s: float | None = None
    body_bytes: int = 0
    stuck_since_s: float | None = None
    idle_since_s: float | None = None
    parting_since_s: float | None = None


def overdue(waits: Waits, now_s: float, options: ConnectionOptions) -> Late:
    """What took too long, "" for nothing."""

    def beyond(since_s: float | None, most_s: float) -> bool:
        return since_s is not None and now_s - since_s > most_s

    if beyond(waits.stuck_since_s, options.write_s):
        return "write"
    if beyond(waits.parting_since_s, PARTING_S):
        return "parting"
    if beyond(waits.head_since_s, options.head_s):
        return "head" if waits.began else "silent"
    if beyond(waits.body_since_s, _body_s(waits.body_bytes, options)):
        return "body"
    return "idle" if beyond(waits.idle_since_s, options.idle_s) else ""


def _body_s(received_bytes: int, options: ConnectionOptions) -> float:
    """How long the body that has come so far may have taken."""
    earned_s = options.body_grace_s + received_bytes / options.body_bytes_per_s
    return min(options.body_s, earned_s)

"""Whoever has several pools: what a pool tells it, and asks of it.

Called by pool.py; balancer.py is one.
Never     asked by a pool that stands alone.
"""

from typing import Protocol

from bff.transport.http2.stream import Stream


class Owner(Protocol):
    """Its pools keep a connection open, asked or not: only such get calls."""

    def changed(self) -> None:
        """A pool has its first connection now, or lost its last, or found none."""
        ...

    def take(self, stream: Stream, *, hopeful: bool) -> bool:
        """A call finds no connection here: has another pool taken it?

        hopeful  also one that is still dialling will do
        """
        ...

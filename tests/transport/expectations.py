"""A row of a table of misbehaviour: what the server does, what a call must come to.

Called by the test_misbehaviour tables.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.transport.both import GRPCIO
from tests.transport.raw_server import Peer, Script

Does = Callable[[int], bytes]
"""What the server sends once it has read the request on that stream."""


@dataclass(frozen=True, slots=True)
class Row:
    """One case, over both transports.

    comes_to  the better outcome, and the one that ours must have
    grpcio    grpcio's, where it differs; `why` says in a few words what is wrong with it
    seconds   the call's deadline, where the deadline is what ends it
    """

    name: str
    does: Does
    comes_to: str
    grpcio: str = ""
    why: str = ""
    seconds: float | None = None

    def __post_init__(self) -> None:
        assert bool(self.grpcio) == bool(self.why), f"{self.name}: a difference needs its reason"

    def expected(self, kind: str) -> str:
        return self.grpcio if self.grpcio and kind == GRPCIO else self.comes_to


def rows(table: Sequence[Row]) -> Any:
    """The table as pytest's parameters, each named by its row."""
    return pytest.mark.parametrize("row", table, ids=[row.name.replace(" ", "-") for row in table])


def answering(does: Does) -> Script:
    """A server that is well until it answers: to every request, the same way."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            asked = await peer.request()
            peer.send(does(asked.stream))

    return script

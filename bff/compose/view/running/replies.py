"""What is made of a step's reply, inside the pipeline: pieces of JSON, a message if need be.

Why       Several members may show fields of one reply. Each writes its piece straight from the
          wire; only a later step, a function or a join needs objects.
Called by writing/members.py (asks for pieces), steps.py (reads), at boot.
Never     lets a member's own failure fail the members beside it.
"""

from typing import Any

from google.protobuf.message import DecodeError

from bff.calls.call import Read
from bff.compose.view.running.frames import Reply
from bff.contract.client import Rpc
from bff.contract.codec.wire_writer import WireWriter
from bff.terms.errors import Failure
from bff.terms.silence import unreadable


class Reading:
    """How the reply of one step is read; it grows while the members are compiled."""

    def __init__(self, rpc: Rpc[Any, Any]) -> None:
        self._rpc = rpc
        self._pieces: list[WireWriter] = []
        self.whole = False

    def __repr__(self) -> str:
        message = ", the message" if self.whole else ""
        return f"<Reading of {self._rpc.name}: {len(self._pieces)} pieces{message}>"

    def piece(self, write: WireWriter, *, may_refuse: bool = False) -> int:
        """The place in the reply of what `write` makes of it.

        may_refuse  its Failure stands in that place: what else is shown does not suffer from it
        """
        self._pieces.append(_guarded(write) if may_refuse else write)
        return len(self._pieces)

    def read(self) -> Read:
        """What reads it, once all members are known."""
        pieces = tuple(self._pieces)
        if not self.whole:
            if len(pieces) == 1:
                [write] = pieces
                return lambda wire: (None, write(wire))
            return lambda wire: (None, *[write(wire) for write in pieces])
        parse, source = self._rpc.reply.FromString, self._rpc.name

        def read(wire: bytes) -> Reply:
            try:
                message = parse(wire)
            except DecodeError:
                raise unreadable("the reply does not decode", source=source) from None
            return (message, *[write(wire) for write in pieces])

        return read


def _guarded(write: WireWriter) -> Any:
    def written(wire: bytes) -> bytes | Failure:
        try:
            return write(wire)
        except Failure as failure:
            return failure

    return written

"""A sign of life asked for by a call: what a quiet peer is asked once its PINGs are used up.

Why       gRPC's servers count PINGs between which they said nothing, and end the connection, calls
          and all, at one too many. An answer to a call counts for something said: it proves that
          the peer lives, as a PING does, and starts their count anew. Which answer does not matter;
          who does not know the health protocol says so, and that is one.
Called by carrier.py, when keepalive.py says so.
Never     is sent again elsewhere, counted as a call of anybody's, or read.
Source    gRFC A8; grpc/doc/keepalive.md (GRPC_ARG_HTTP2_MAX_PING_STRIKES); RFC 9113 6.7.
"""

from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.transport.http2.reply_head import ReplyHead
from bff.transport.http2.stream import Stream

CHECK = "/grpc.health.v1.Health/Check"


class Sign(Stream):
    """One question. Any answer will do."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__(CHECK, fields=b"", deadline=deadline)
        self.request = b""  # a message with nothing in it: of the server as a whole

    def headers(self, head: ReplyHead, *, ends: bool) -> None:  # noqa: ARG002 - a Stream's
        if ends:
            self.settle()

    def data(self, payload: bytes) -> None:
        """What it says of its health is the balancer's business, on a connection of its own."""

    def ended(self) -> None:
        self.settle()

    def rewound(self) -> bool:
        return False

    def deliver(self, failure: Failure) -> None:
        """Nobody waits for it."""

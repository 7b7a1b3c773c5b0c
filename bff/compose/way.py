"""How an rpc that streams is served: which runner, in which media types, through which doors.

Called by compose/transcode.py, once per binding.
Source    docs/spec/transcoding.md 1.7.
"""

from dataclasses import dataclass

from bff.compose.conversations import conversation, only_over_websocket
from bff.compose.endpoint import Conversation, Run, Short
from bff.compose.reply_reader import ReplyReader
from bff.compose.streaming import Streaming
from bff.compose.streams import ServerStream
from bff.compose.uploads import Upload
from bff.contract.catalog import RpcMethod
from bff.contract.reply.error_document import Place
from bff.contract.request.bind import Binder
from bff.contract.request.resume import Resume
from bff.contract.routes.http_rule import HttpBinding


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The fields of an Endpoint that depend on its kind of rpc."""

    run: Run
    produces: tuple[str, ...]
    streams: bool = False
    takes_pieces: bool = False
    converse: Conversation | None = None
    short: Short | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Finds the way of one binding."""

    shared: Streaming
    binder: Binder
    replies: ReplyReader
    resume: Resume
    place: Place

    def of(self, rpc: RpcMethod, binding: HttpBinding) -> Way:
        """The way of an rpc that streams; a unary one has its own file."""
        if not rpc.server_streaming:
            upload = Upload(rpc, binder=self.binder, replies=self.replies, shared=self.shared)
            return Way(run=upload.run, produces=self.replies.produces, takes_pieces=True)
        converse = conversation(rpc, binding, binder=self.binder, shared=self.shared)
        if rpc.client_streaming:
            return Way(run=only_over_websocket, produces=(), converse=converse)
        stream = ServerStream(
            rpc,
            binding,
            binder=self.binder,
            resume=self.resume,
            place=self.place,
            shared=self.shared,
        )
        return Way(run=stream.run, produces=stream.produces, streams=True, converse=converse)

"""Run a unary rpc as an endpoint: bind the request, make the call, answer with the reply.

Called by compose/transcode.py, once per binding of every unary rpc.
Never     reads a reply outside of the pipeline: one that cannot be read counts as a failed call.
Source    docs/spec/transcoding.md 1.3, 1.5, 1.10.
"""

from asyncio import to_thread

from bff.calls.call import Call, Calls, Cancel, Done
from bff.compose.endpoint import Answer, Ask, Run, Short
from bff.compose.reply_reader import ReplyReader
from bff.contract.catalog import RpcMethod
from bff.contract.reply.headers import put_if_match
from bff.contract.request.bind import Binder
from bff.contract.request.protobuf_body import ProtobufBody
from bff.contract.routes.rest_options import RestOptions
from bff.terms.context import RequestContext

JSON = "application/json"
LARGE_BODY_BYTES = 32 * 1024
"""A larger body takes milliseconds to read: it is read beside the loop, which serves others."""


def unary_runners(
    rpc: RpcMethod,
    *,
    binder: Binder,
    binary: ProtobufBody,
    replies: ReplyReader,
    rest: RestOptions,
    calls: Calls,
) -> tuple[Run, Short | None]:
    """What one binding of a unary rpc does; and the same as a callback, None where more is wanted
    than a message for a message.
    """
    make, name, idempotent = calls.make, rpc.name, rpc.idempotency != "unknown"

    def bind(ask: Ask) -> bytes:
        body, content_type = binary.as_json(ask.body, ask.content_type)
        if not rest.if_match and ask.amend is None:
            return binder.wire(ask.values, ask.query, body, content_type=content_type)
        request = binder.bind(
            ask.values, ask.query, body, content_type=content_type, amend=ask.amend
        )
        if rest.if_match:
            put_if_match(request, rest.if_match, ask.headers.get("if-match", ""))
        return request.SerializeToString()

    async def run(context: RequestContext, ask: Ask) -> Answer:
        large = len(ask.body) > LARGE_BODY_BYTES
        request = await to_thread(bind, ask) if large else bind(ask)
        kind = ask.accept
        answer: Answer = await make(
            Call(name, request, context, replies.read(kind), replies.read_whole(kind), idempotent)
        )
        return answer

    if rest.if_match or JSON not in replies.produces or replies.read_whole(JSON) is not None:
        return run, None
    start = calls.starter(name, replies.read(JSON), idempotent=idempotent)
    if start is None:
        return run, None

    def begin(context: RequestContext, ask: Ask, done: Done) -> Cancel | None:
        return start(bind(ask), context, done)

    return run, begin

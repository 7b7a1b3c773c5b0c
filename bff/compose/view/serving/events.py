"""A view as events: the body as soon as it is there, then each deferred member when it is.

    event: body    data: the answer; deferred members are null
    event: patch   data: {"path": JSON Pointer, "value": what stands there now,
                          "errors": [...] where something in it failed, as in the body}
    event: end     data: {}
    event: error   data: the error document, in place of `end`: a member failed that may not

Why       A screen is drawn at once, and what is slow by nature fills in; one connection, no polls.
Called by faces.py.
Never     sends the head before the first body is there: what fails until then has its real status.
Source    WHATWG HTML "Server-sent events"; RFC 6901 (JSON Pointer); docs/spec/views.md "Defer".
"""

from collections.abc import AsyncGenerator

import orjson

from bff.compose.ahead import END, Ahead
from bff.compose.endpoint import Streamed
from bff.compose.frames import EVENTS, FRAMINGS
from bff.compose.gaps import told
from bff.compose.view.serving.runner import Parts, Patch
from bff.compose.view.serving.schema import ERRORS
from bff.compose.view.serving.selection import Question
from bff.contract.reply.error_document import HIDDEN_DETAIL, ErrorDocuments
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.errors import Failure

_FRAMING = FRAMINGS[EVENTS]
_OPENED = b""
_END = b"event: end\ndata: {}\n\n"


async def streamed(
    question: Question, context: RequestContext, *, errors: ErrorDocuments, heartbeat_s: float
) -> Streamed:
    """Raises as a view does, until its first body is there.

    heartbeat_s  a silence after which a comment is sent
    """
    parts = question.runner.start(context, question.inputs)
    chunks = _chunks(parts, context, errors=errors, heartbeat_s=heartbeat_s)
    await anext(chunks)
    return Streamed(media_type=EVENTS, chunks=chunks)


async def _chunks(
    parts: Parts, context: RequestContext, *, errors: ErrorDocuments, heartbeat_s: float
) -> AsyncGenerator[bytes, None]:
    """Something empty once the first body is there, then the events."""
    try:
        body = (await parts.first()).body
        yield _OPENED
        yield _event(b"body", body)
        patches = Ahead(parts.patches())
        try:
            while True:
                while not await patches.arrives(heartbeat_s):
                    yield _FRAMING.heartbeat
                patch = await patches.take()
                if patch is END:
                    break
                yield _event(b"patch", _written(patch))
        except Exception as error:
            yield _FRAMING.error(_told(error, context, errors), 0)
            raise
        finally:
            await patches.aclose()
        yield _END
    finally:
        await parts.aclose()


def _event(kind: bytes, document: bytes) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (kind, document)


def _written(patch: Patch) -> bytes:
    """The pieces of JSON that the view's writers made are kept as they are."""
    gaps = b""
    if patch.gaps:
        listed = orjson.dumps([told(gap, gap.path) for gap in patch.gaps])
        gaps = b',"%b":%b' % (ERRORS.encode(), listed)
    return b'{"path":%b,"value":%b%b}' % (orjson.dumps(patch.path), patch.json, gaps)


def _told(error: Exception, context: RequestContext, errors: ErrorDocuments) -> bytes:
    """The error document of a failure on the way; a bug of ours is told as that, no more."""
    bug = Failure(HIDDEN_DETAIL, code=Code.INTERNAL)
    failure = error if isinstance(error, Failure) else bug
    languages = context.headers.get("accept-language", "")
    return errors.of(failure, context.request_id, languages=languages).body

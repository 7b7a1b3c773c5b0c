"""The front door for conversations: one text frame is one JSON message, either way.

Why       HTTP/1.1 can't answer while it is asked; a WebSocket can, and every browser has one.
How       Who may not come in gets the same problem document as over HTTP, before the connection is
          opened. Afterwards an end has a code and a short reason. Frames are read beside the
          answers, a few ahead at most.
Called by edge/front.py.
Never     opens for a page of another origin; never lets a client that left keep a service at work.
Source    RFC 6455; ASGI 3 (WebSocket, "Websocket Denial Response");
          docs/spec/transcoding.md ST9; docs/spec/bad-input.md row 120.
"""

import asyncio
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Any

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Ask, Conversation, Endpoint
from bff.contract.reply.close_code import BUG, DONE, NOT_TEXT, POLICY, TOO_LARGE, Close, close_of
from bff.contract.routes.router import Match
from bff.contract.status import SWITCHED
from bff.edge.browser.cors import Cors
from bff.edge.browser.origin import check_origin
from bff.edge.reply import Reply, encoded
from bff.edge.request import Head, Receive, Scope, Send
from bff.edge.told import Told
from bff.terms.context import RequestContext
from bff.terms.errors import BadInput, Failure, untraced
from bff.terms.events import Crashed, Emit

Admit = Callable[[Head, Match[Endpoint]], Awaitable[RequestContext]]
Refuse = Callable[[Failure, Head, Endpoint], Reply]
Again = Callable[[RequestContext, Endpoint], Awaitable[None]]

FRAMES_AHEAD = 4
"""Frames that may wait for the service; further ones wait in the client."""
STALL_S = 30.0
"""A frame that the client has not taken, or the service not for this long, is the last."""
_DENIAL = "websocket.http.response"


class _Left(Exception):
    """The client closed, or is gone."""


class _Ended(Exception):
    """The conversation ends as `close` says."""

    def __init__(self, close: Close) -> None:
        super().__init__(close)
        self.close = close


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a conversation needs of the front door. `again` lets a further message in, or raises."""

    blueprint: Blueprint
    admit: Admit
    again: Again
    refuse: Refuse
    emit: Emit
    cors: Cors = field(default_factory=Cors)


@dataclass(frozen=True, slots=True)
class Talk:
    """Where a connection leads to."""

    match: Match[Endpoint]
    conversation: Conversation


class Sockets:
    """Serves the endpoints that converse."""

    def __init__(self, room: Room, *, stall_s: float = STALL_S) -> None:
        self._room = room
        self._stall_s = stall_s

    def __repr__(self) -> str:
        return f"<Sockets of {self._room.blueprint!r}>"

    def find(self, path: str) -> Talk | None:
        """The endpoint that converses at this path, whatever its HTTP method."""
        router = self._room.blueprint.router
        try:
            for method in router.allowed(path):
                found = router.match(method, path)
                if isinstance(found, Match) and found.target.converse is not None:
                    return Talk(found, found.target.converse)
        except BadInput:  # an escape that is none: no path of ours
            return None
        return None

    async def serve(
        self, found: Talk, head: Head, *, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """One connection, from its handshake to its end."""
        started_s = perf_counter()
        endpoint = found.match.target
        line = _Line(receive, send, stall_s=self._stall_s)
        told = Told()
        told.endpoint = endpoint
        await receive()
        try:
            check_origin(head, self._room.cors)
            context = await self._room.admit(head, found.match)
            told.who = context.identity
        except Failure as failure:
            reply = self._room.refuse(failure, head, endpoint)
            await line.deny(reply, head, scope)
            status, reason = reply.status, reply.reason
        else:
            status, reason = SWITCHED, await self._talk(found, context, head, line)
        self._room.emit(told.finished(head, (status, reason, line.sent_bytes), started_s))

    async def _talk(self, found: Talk, context: RequestContext, head: Head, line: "_Line") -> str:
        """Let them talk; returns what ended it, "" for a good end."""
        request_id = head.request_id.encode()
        await line.send({"type": "websocket.accept", "headers": [(b"x-request-id", request_id)]})
        endpoint = found.match.target
        ask = Ask(
            values=found.match.values,
            query=head.query,
            body=b"",
            content_type="",
            headers=head.headers,
        )
        try:
            limit_bytes = endpoint.max_body_bytes
            again = partial(self._room.again, context, endpoint)
            await line.talk(found.conversation, context, ask, again=again, limit_bytes=limit_bytes)
            close, reason = Close(DONE), ""
        except _Left:
            return "client-left"
        except _Ended as ended:
            close, reason = ended.close, "malformed-request"
        except Failure as failure:
            close, reason = close_of(failure), failure.reason
            untraced(failure)
        except Exception:  # noqa: BLE001 - whatever it is, the client hears of an end
            close, reason = Close(BUG, "internal error"), "internal"
            self._room.emit(
                Crashed(
                    request_id=head.request_id,
                    where=endpoint.name,
                    traceback=traceback.format_exc(),
                )
            )
        await line.close(close)
        return reason


class _Line:
    """One open connection."""

    def __init__(self, receive: Receive, send: Send, *, stall_s: float) -> None:
        self.sent_bytes = 0
        self._receive = receive
        self._send = send
        self._stall_s = stall_s
        self._frames: asyncio.Queue[bytes] = asyncio.Queue(FRAMES_AHEAD)

    def __repr__(self) -> str:
        return f"<_Line, {self._frames.qsize()} frames wait>"

    async def talk(
        self,
        conversation: Conversation,
        context: RequestContext,
        ask: Ask,
        *,
        again: Callable[[], Awaitable[None]],
        limit_bytes: int,
    ) -> None:
        """Until the service ends it. Raises what ends it otherwise."""
        answers = conversation.run(context, ask, self._taken())
        speaking = asyncio.create_task(self._speak(answers))
        most_frames = conversation.most_frames
        listening = asyncio.create_task(
            self._listen(most_frames, again=again, limit_bytes=limit_bytes)
        )
        try:
            await asyncio.wait({speaking, listening}, return_when=asyncio.FIRST_COMPLETED)
            (speaking if speaking.done() else listening).result()
        finally:
            speaking.cancel()
            listening.cancel()
            await asyncio.gather(speaking, listening, return_exceptions=True)
            del speaking, listening  # what one raised is in it, and this frame in that

    async def _speak(self, answers: AsyncGenerator[bytes, None]) -> None:
        async with aclosing(answers):
            async for document in answers:
                await self.send({"type": "websocket.send", "text": document.decode()})
                self.sent_bytes += len(document)
                await asyncio.sleep(0)

    async def _listen(
        self, most_frames: int | None, *, again: Callable[[], Awaitable[None]], limit_bytes: int
    ) -> None:
        """Put frames where the conversation takes them; throw away what it never will. The
        handshake has paid for the first.
        """
        count = 0
        while True:
            frame = _frame(await self._receive(), limit_bytes)
            count += 1
            if count > 1:
                await again()
            if most_frames is not None and count > most_frames:
                continue
            try:
                async with asyncio.timeout(self._stall_s):
                    await self._frames.put(frame)
            except TimeoutError:
                raise _Ended(Close(POLICY, "too much was said before it was read")) from None

    async def _taken(self) -> AsyncGenerator[bytes, None]:
        while True:
            yield await self._frames.get()

    async def send(self, message: dict[str, Any]) -> None:
        """Raises _Left when there is nobody, or nobody who reads."""
        try:
            async with asyncio.timeout(self._stall_s):
                await self._send(message)
        except OSError:  # what servers raise for a closed connection; TimeoutError is one
            raise _Left from None

    async def close(self, close: Close) -> None:
        """Say goodbye, if anybody still listens."""
        try:
            await self.send({"type": "websocket.close", "code": close.code, "reason": close.reason})
        except _Left:
            return

    async def deny(self, reply: Reply, head: Head, scope: Scope) -> None:
        """Answer the handshake with a plain HTTP answer; a server that can't do that says 403."""
        if _DENIAL not in scope.get("extensions", {}):
            await self.close(Close(POLICY))
            return
        headers = [("content-type", reply.media_type), ("x-content-type-options", "nosniff")]
        headers.append(("x-request-id", head.request_id))
        await self.send(
            {
                "type": f"{_DENIAL}.start",
                "status": reply.status,
                "headers": [*reply.headers, *head.answer_headers, *encoded(headers)],
            }
        )
        await self.send({"type": f"{_DENIAL}.body", "body": reply.body})
        self.sent_bytes = len(reply.body)


def _frame(message: Scope, limit_bytes: int) -> bytes:
    if message["type"] == "websocket.disconnect":
        raise _Left
    text = message.get("text")
    if text is None:
        raise _Ended(Close(NOT_TEXT, "send JSON in text frames"))
    frame: bytes = text.encode()
    if len(frame) > limit_bytes:
        raise _Ended(Close(TOO_LARGE, f"one message may have at most {limit_bytes} bytes"))
    return frame

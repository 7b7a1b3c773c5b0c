"""What stands behind the front door: probes, documents, signing in, a team's own handlers.

Why       None of these is an endpoint of the Blueprint, and yet their answers carry what every
          answer carries, their visits are counted where a quota says so, and a bug in them is told.
Called by edge/front.py, for each path that no endpoint has.
Never     asks who comes: each of them does that by itself.
"""

from collections.abc import Awaitable, Callable

from bff.contract.status import FIRST_ERROR, reason_of_status
from bff.edge.refusals import Refusals
from bff.edge.reply import Headers, put
from bff.edge.request import Head, Receive, Scope, Send

Visit = Callable[[str, str], Awaitable[Headers]]
"""(path, address) -> headers for the answer. Raises Refused for who comes too often."""


class Behind:
    """Lets the shell answer."""

    def __init__(
        self,
        shell: Callable[[Scope, Receive, Send], Awaitable[None]],
        *,
        visit: Visit,
        refusals: Refusals,
    ) -> None:
        self._shell = shell
        self._visit = visit
        self._refusals = refusals

    def __repr__(self) -> str:
        return f"<Behind: {self._shell!r}>"

    async def answer(
        self, head: Head, *, scope: Scope, receive: Receive, send: Send
    ) -> tuple[int, int, str]:
        """Returns (status, bytes of body, reason)."""
        seen = [0, 0]

        async def watched(message: Scope) -> None:
            if message["type"] == "http.response.start":
                seen[0] = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    *head.answer_headers,
                    (b"x-request-id", head.request_id.encode()),
                ]
            elif head.method == "HEAD":
                message["body"] = b""
            seen[1] += len(message.get("body", b""))
            await send(message)

        scope.setdefault("state", {})["request_id"] = head.request_id
        # by the path that the shell sees: an escape in it makes no other page of it; nor does a
        # line's end, before which the expressions of its routes end, too
        path = scope["path"].removesuffix("\n")
        try:
            head.answer_headers += await self._visit(path, head.peer)
            await self._shell(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - a team's own code may raise anything
            reply = self._refusals.of(error, head, None)
            if not seen[0]:
                return reply.status, await put(reply, head, send), reply.reason
        return seen[0], seen[1], "" if seen[0] < FIRST_ERROR else reason_of_status(seen[0])

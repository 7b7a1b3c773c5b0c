"""A transport that can only be awaited, with the callbacks of one that needs nobody to wait.

Why       Attempts are begun and given up in one way, whoever carries them.
Called by calls/ways.py, for grpcio.
Never     outlives its call: `cancel` cancels the task.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import TypeAlias

from bff.terms.context import Metadata
from bff.terms.deadline import Deadline
from bff.transport.transport import Hear, Transport

_Task: TypeAlias = "asyncio.Task[None]"


class Tasked:
    """Starts calls of `transport`, a task each."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._tasks: set[_Task] = set()

    def __repr__(self) -> str:
        return f"<Tasked {self._transport!r}, {len(self._tasks)} calls>"

    def start(
        self,
        path: str,
        request: bytes,
        *,
        metadata: Metadata,
        deadline: Deadline,
        done: Callable[..., object],
        hear: Hear | None = None,
    ) -> _Task:
        async def made() -> None:
            try:
                wire = await self._transport.unary(
                    path, request, metadata=metadata, deadline=deadline, hear=hear
                )
            except Exception as error:  # noqa: BLE001 - whoever asked is told of it
                done(b"", error)
            else:
                done(wire, None)

        # An empty context: a call may be shared, and what its first caller carries is not theirs.
        task = asyncio.get_running_loop().create_task(made(), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def cancel(self, call: _Task) -> None:
        call.cancel()

"""A client that listens to a stream of server-sent events, and knows how it ended.

Called by scenarios with streams.
Never     takes a cut for an end.
"""

import asyncio
import json
from dataclasses import dataclass, field

from tests.faults.bff import Bff


@dataclass(slots=True, eq=False)
class Listening:
    """numbers   of the messages that came
    errors    the data of each `event: error`
    is_whole  the framing said that this is the end
    ended_s   when it ended, on the loop's clock; None: it goes on
    heard_s   when its last message came
    wrong     messages with another's id
    """

    id: str
    status: int = 0
    numbers: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    is_whole: bool = False
    ended_s: float | None = None
    heard_s: float = 0.0
    wrong: int = 0
    task: asyncio.Task[None] | None = None

    @property
    def is_typed(self) -> bool:
        """Ended with an event that says why."""
        return self.ended_s is not None and bool(self.errors)

    async def close(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)


def listen(bff: Bff, name: str) -> Listening:
    """Opens `/v1/echo/{name}:watch` and reads until it ends."""
    return listen_at(bff.port, name)


def listen_at(port: int, name: str) -> Listening:
    """The same, where a proxy listens."""
    made = Listening(name)
    made.task = asyncio.create_task(_read(made, port))
    return made


async def _read(made: Listening, port: int) -> None:
    loop = asyncio.get_running_loop()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        made.ended_s = loop.time()
        return
    try:
        writer.write(
            f"GET /v1/echo/{made.id}:watch HTTP/1.1\r\nHost: faults.test\r\n"
            "Accept: text/event-stream\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        made.status = int(head.split(maxsplit=2)[1])
        await _chunks(made, reader)
    except (OSError, asyncio.IncompleteReadError, ValueError):
        pass
    finally:
        made.ended_s = loop.time()
        writer.transport.abort()


async def _chunks(made: Listening, reader: asyncio.StreamReader) -> None:
    held = ""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        held += (await reader.readexactly(size + 2))[:-2].decode()
        *whole, held = held.split("\n\n")
        for event in whole:
            _take(made, event)
    made.is_whole = True


def _take(made: Listening, event: str) -> None:
    fields = dict(line.partition(": ")[::2] for line in event.splitlines())
    if fields.get("event") == "error":
        made.errors.append(fields.get("data", ""))
    elif "data" in fields:
        said = json.loads(fields["data"])
        made.wrong += said.get("id") != made.id
        made.numbers.append(said.get("number", 0))
        made.heard_s = asyncio.get_running_loop().time()

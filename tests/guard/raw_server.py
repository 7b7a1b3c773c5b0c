"""A server that says what it is told to, byte by byte. Called by tests/guard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

TLS_HELLO = b"\x16"
Heard = list[bytes]
"""What came, each with its head and its body."""


@asynccontextmanager
async def server(
    *pieces: bytes, stays: bool = False, drips: bool = False
) -> AsyncIterator[tuple[str, Heard]]:
    """Says those bytes to whoever asks; then hangs up, or stays and says nothing more, or drips."""
    heard: Heard = []
    ended = asyncio.Event()
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(1)
        if head == TLS_HELLO:
            writer.writelines(pieces)  # in the clear
            return
        head += await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        heard.append(head + await reader.readexactly(length))
        writer.writelines(pieces)
        while drips and not ended.is_set():
            writer.write(b" ")
            await asyncio.wait({over}, timeout=0.02)
        if stays:
            await ended.wait()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine = asyncio.current_task()
        assert mine
        talks.add(mine)
        with suppress(OSError, EOFError):
            await talk(reader, writer)
            await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    over = asyncio.ensure_future(ended.wait())
    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/token?a=b", heard
    finally:
        ended.set()
        listening.close()
        await asyncio.gather(over, *talks)

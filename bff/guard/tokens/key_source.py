"""Read a key set's bytes: from a file, or from one URL and nowhere else.

Called by guard/tokens/key_set, through `fetcher`.
Never     parses what it read.
Source    docs/spec/reliability.md F20; bad-input row 92.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from bff.guard.outbound import Unreachable, ask, shown

MAX_KEY_SET_BYTES = 262_144

Fetch = Callable[[], Awaitable[bytes]]
"""Raises Unreachable."""


def fetcher(source: str) -> Fetch:
    """How to read that key set: a file path or an http(s) URL."""

    async def from_url() -> bytes:
        answer = await ask(source, max_bytes=MAX_KEY_SET_BYTES)
        if answer.status != 200:
            raise Unreachable(f"{shown(source)}: answered {answer.status}")
        return answer.body

    async def from_file() -> bytes:
        return await asyncio.to_thread(read_file, source)

    return from_url if source.startswith(("http://", "https://")) else from_file


def read_file(path: str) -> bytes:
    """Raises Unreachable."""
    try:
        with Path(path).open("rb") as file:
            body = file.read(MAX_KEY_SET_BYTES + 1)
    except OSError as error:
        raise Unreachable(f"{path}: {error.strerror or type(error).__name__}") from error
    if len(body) > MAX_KEY_SET_BYTES:
        raise Unreachable(f"{path}: larger than {MAX_KEY_SET_BYTES} bytes")
    return body

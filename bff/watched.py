"""What the files and servers that a BFF is made of look like now, to be compared a moment later.

Called by reload.py.
Never     reads a file: its time of change and its size tell enough.
Source    docs/spec/transcoding.md HT11 (reflection, too).
"""

import asyncio
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path

from bff.settings import Settings
from bff.sources import ask_server
from bff.terms.mistakes import ContractMistakes

Seen = Mapping[str, object]
"""A file's or server's name -> something that changes when it does; None while it is not there."""


async def look(settings: Settings, before: Seen) -> Seen:
    """The config file, descriptor sets, rules, protos and reflected servers, as they are now.

    before  the last look: a server that can't be asked is what it was, for it may be restarting
    """
    files = await asyncio.to_thread(_files, settings)
    servers = {
        address: await _server(address, before.get(address))
        for address in settings.contract.reflect
    }
    return {**files, **servers}


async def _server(address: str, before: object) -> object:
    try:
        said = await ask_server(address)
    except ContractMistakes:
        return before
    return blake2b(said.descriptor_set + repr(said.services).encode(), digest_size=16).digest()


def _files(settings: Settings) -> Seen:
    return {str(path): _stamp(path) for path in _paths(settings)}


def _paths(settings: Settings) -> Iterator[Path]:
    contract = settings.contract
    if settings.file:
        yield settings.file
    for name in (*contract.descriptors, *([contract.rules] if contract.rules else ())):
        yield settings.path(name)
    for name in contract.protos:
        yield from settings.path(name).rglob("*.proto")


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size

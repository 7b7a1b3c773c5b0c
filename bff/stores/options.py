"""What the operator says of the store that machines share.

Called by settings.py (fills it), stores/shelves.py (obeys it).
Never     shows the password: not in a repr, nor in `place`, which logs and commands print.
Source    docs/stores.md; the URLs are redis-py's: redis://, rediss:// (TLS), unix://.
"""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from bff.terms.mistakes import ContractMistake

_SCHEMES: Final = ("redis", "rediss", "unix")
MEMORY: Final = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreOptions:
    """Where is remembered what several processes need to know.

    url                 "": in this process; else a Redis or Valkey
    prefix              how every key begins; two BFFs with one prefix share all they remember
    edition             changes with every release whose screens answer differently: cached answers
                        of another edition are not seen. "" where screens are not cached
    connections         at most, for each use
    connect_timeout_ms  for a connection, with TLS and password
    timeout_ms          for sessions and idempotency keys
    cache_timeout_ms    for the cache: what takes longer is asked of the services
    near_ms             how long a cached answer is given out without a look at the store: what
                        another process purges is gone from this one after that time
    """

    url: str = field(default="", repr=False)
    prefix: str = "bff"
    edition: str = ""
    connections: int = 16
    connect_timeout_ms: int = 1_000
    timeout_ms: int = 250
    cache_timeout_ms: int = 10
    near_ms: int = 1_000

    def __post_init__(self) -> None:
        """Raises ContractMistake for a URL that is none, and for numbers that let nothing pass."""
        if self.url and (wrong := _wrong(self.url)):
            raise ContractMistake(wrong, where="store.url")
        if not self.prefix or not self.prefix.isprintable() or " " in self.prefix:
            raise ContractMistake("must be a short name, such as bff", where="store.prefix")
        for name in ("connections", "connect_timeout_ms", "timeout_ms", "cache_timeout_ms"):
            if getattr(self, name) < 1:
                raise ContractMistake("must be at least 1", where=f"store.{name}")
        if self.near_ms < 0:
            raise ContractMistake("must be at least 0", where="store.near_ms")

    @property
    def place(self) -> str:
        """Where, for an operator to read.

        >>> StoreOptions(url="rediss://bff:secret@cache:6380/1").place
        'rediss://cache:6380/1'
        """
        if not self.url:
            return MEMORY
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _wrong(url: str) -> str:
    """Why this is no URL of a store; never with the URL, which holds a password."""
    try:
        parts = urlsplit(url)
        named, port = parts.hostname or "", parts.port
    except ValueError:
        return "this is no URL"
    if parts.scheme not in _SCHEMES:
        return "must begin with redis://, rediss:// (TLS) or unix://"
    if parts.scheme == "unix":
        return "" if parts.path.strip("/") else "must name a socket: unix:///run/redis.sock"
    database = parts.path.strip("/")
    if not named or port == 0 or (database and not database.isdecimal()):
        return "must be like redis://host:6379/0"
    return ""

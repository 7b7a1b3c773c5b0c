"""Knobs that belong to no single room: where we listen, what is served, how long a call may take.

Called by settings, which reads them, and by the roof.
Never     reads a file.
"""

import os
from dataclasses import dataclass

from bff.compose.streaming import StreamOptions
from bff.edge.forwarded import Proxies
from bff.terms.mistakes import ContractMistake

LONGEST_END_S = 27.0
"""Kubernetes and systemd kill what has not ended after 30 s or later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """Where the BFF listens. `docs` serves /openapi.json and /docs on the public port.

    title    the name in the API document
    lame_duck_s  seconds after SIGTERM in which this server is not ready, yet serves whoever comes
    drain_s  seconds that requests under way get after that
    trusted_proxies  addresses or networks whose X-Forwarded-* headers are believed
    reload   whether a saved contract or config file is served at once: for development
    handlers "package.module:app", an ASGI app for the paths that nobody else knows; "" for none
    workers  processes behind the same port; 0: one per core
    recycle_requests, recycle_s  a worker that answered so many, or is so old, is replaced; 0: never
    """

    host: str = "127.0.0.1"
    port: int = 8080
    admin_host: str = "127.0.0.1"
    admin_port: int = 8081
    docs: bool = False
    title: str = "Backend for Frontend"
    lame_duck_s: float = 5.0
    drain_s: float = 10.0
    trusted_proxies: tuple[str, ...] = ()
    reload: bool = False
    handlers: str = ""
    workers: int = 1
    recycle_requests: int = 0
    recycle_s: float = 0.0

    def __post_init__(self) -> None:
        """Raises ContractMistake for a proxy that is no address, for an end that takes longer than
        whoever ends us waits, and for workers where there can be none.
        """
        Proxies(self.trusted_proxies)
        if self.lame_duck_s + self.drain_s > LONGEST_END_S:
            what = f"lame_duck_s and drain_s together may be {LONGEST_END_S:.0f} s at most"
            raise ContractMistake(what, where="server.drain_s")
        why = self._alone
        if self.workers < 0 or (self.workers != 1 and why):
            raise ContractMistake(why or "there can't be fewer than none", where="server.workers")

    @property
    def _alone(self) -> str:
        """Why there can be one process only."""
        if os.name != "posix":
            return "several workers need a system where sockets are inherited"
        return "what is reloaded is served by one worker" if self.reload else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractOptions:
    """What is served. Paths are relative to the config file.

    descriptors         files of google.protobuf.FileDescriptorSet, with imports
    protos              folders of .proto files, compiled at boot
    reflect             "host:port" of servers that are asked for their contract at boot
    rules               a JSON file of a google.api.Service: its http.rules override annotations
    expose_unannotated  serve the other rpcs too, as POST /pkg.Service/Method
    ignored_parameters  query parameters that are nobody's fault: "key", or "utm_*" (QP21)
    views               Python packages whose screens are served
    """

    descriptors: tuple[str, ...] = ()
    protos: tuple[str, ...] = ()
    reflect: tuple[str, ...] = ()
    rules: str = ""
    expose_unannotated: bool = False
    ignored_parameters: tuple[str, ...] = ()
    views: tuple[str, ...] = ()

    @property
    def has_services(self) -> bool:
        """Whether anything but screens is to be served."""
        return bool(self.descriptors or self.protos or self.reflect)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOptions:
    """Defaults of transcoded calls. `deadline_ms` is the whole budget of one request.

    stream_...  as compose/streaming.py has them
    """

    deadline_ms: int = 2_000
    stream_deadline_ms: int = 3_600_000
    stream_heartbeat_ms: int = 15_000
    stream_pause_ms: int = 30_000
    stream_messages: int = 100_000

    @property
    def streams(self) -> StreamOptions:
        """What holds for streams, in seconds."""
        return StreamOptions(
            deadline_s=self.stream_deadline_ms / 1000,
            heartbeat_s=self.stream_heartbeat_ms / 1000,
            pause_s=self.stream_pause_ms / 1000,
            messages=self.stream_messages,
        )

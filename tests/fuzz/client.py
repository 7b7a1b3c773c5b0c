"""Around a client's connection to us: what is written to it, and the app that answers it.

Called by aim_requests.py.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

Request = tuple[bytes, bytes, bytes]
"""Method, target and body."""


@dataclass(slots=True)
class Wire(asyncio.Transport):
    """Keeps what is written; `half` after the last of it, `ended` when nothing goes either way."""

    text: bytearray = field(default_factory=bytearray)
    half: bool = False
    ended: bool = False
    aborted: bool = False

    def write(self, data: Any) -> None:
        assert not self.half
        if not self.ended:
            self.text += data

    def close(self) -> None:
        self.ended = True

    def abort(self) -> None:
        self.ended = self.aborted = True

    def write_eof(self) -> None:
        self.half = True

    def can_write_eof(self) -> bool:
        return True

    def is_closing(self) -> bool:
        return self.ended

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("192.0.2.1", 1) if name in ("peername", "sockname") else default

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


@dataclass(slots=True)
class App:
    """Answers with the number of the request; remembers those that came whole."""

    whole: list[Request] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        number = len(self.methods)
        self.methods.append(scope["method"])
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        target = scope["raw_path"] + (b"?" + scope["query_string"]) * bool(scope["query_string"])
        self.whole.append((scope["method"].encode(), target, body))
        text = b"%d" % number
        headers = [(b"content-length", b"%d" % len(text)), (b"x-app", text)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": text})

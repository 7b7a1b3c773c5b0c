"""A closed loop of requests where there is no wrk: each connection asks again once it is answered.

Called by loads.py, as `python -m bench.load CASE.json`, in a process of its own.
Never     reads an answer's body: that was compared before.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from time import perf_counter_ns
from typing import Any, cast

import httptools

from bench.cases import Headers
from bench.loop import run

FIRST_ERROR = 400


def request(method: str, path: str, *, host: str, headers: Headers, body: bytes) -> bytes:
    """The bytes of one request.

    >>> request("GET", "/", host="h", headers=(), body=b"")
    b'GET / HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n'
    """
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode() + body


def percentile(sorted_values: list[int], share: float) -> int:
    """The value that this share of all is not above; 0 for none.

    >>> percentile([1, 2, 3, 4], 0.5)
    2
    """
    if not sorted_values:
        return 0
    return sorted_values[max(0, round(share * len(sorted_values)) - 1)]


class Asker(asyncio.Protocol):
    """One connection: asks, notes how long the answer took, asks again."""

    def __init__(self, requests: Iterator[bytes], took: Callable[[int, bool], None]) -> None:
        self._requests = requests
        self._took = took
        self.gone = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        failed = self._parser.get_status_code() >= FIRST_ERROR
        self._took(perf_counter_ns() - self._asked_ns, failed)
        if not self._transport.is_closing():
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's name
        self._took(-1, True)
        self.gone.set_result(None)

    def close(self) -> None:
        """Leave; `gone` is done once we have."""
        self._transport.abort()

    def _ask(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._asked_ns = perf_counter_ns()
        self._transport.write(next(self._requests))


async def main(plan: dict[str, Any]) -> None:
    """Ask for `seconds`, then print one line of figures, as wrk's script does."""
    taken_ns: list[int] = []
    errors = 0
    open_ = True

    def took(elapsed_ns: int, failed: bool) -> None:
        nonlocal errors
        if open_:
            errors += failed
            if elapsed_ns >= 0:
                taken_ns.append(elapsed_ns)

    headers = tuple((name, value) for name, value in plan["headers"])
    host, port, body = plan["host"], plan["port"], plan["body"].encode()
    made = [
        request(plan["method"], path, host=host, headers=headers, body=body)
        for path in plan["paths"]
    ]
    loop, turns = asyncio.get_running_loop(), cycle(made)
    began_ns = perf_counter_ns()
    askers = [
        (await loop.create_connection(lambda: Asker(turns, took), host, port))[1]
        for _ in range(plan["connections"])
    ]
    await asyncio.sleep(plan["seconds"])
    elapsed_ns, open_ = perf_counter_ns() - began_ns, False
    for one in askers:
        one.close()
    await asyncio.gather(*(one.gone for one in askers))
    taken_ns.sort()
    told = {
        "requests": len(taken_ns),
        "elapsed_us": elapsed_ns // 1000,
        "p50_us": percentile(taken_ns, 0.5) / 1000,
        "p99_us": percentile(taken_ns, 0.99) / 1000,
        "errors": errors,
    }
    sys.stdout.write(json.dumps(told, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    run(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))

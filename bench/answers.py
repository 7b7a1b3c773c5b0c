"""One request at a time, to see whether a server is up and answers what it should.

Called by stages.py.
"""

import http.client
import time
from dataclasses import dataclass

from bench.cases import Case, same_json
from bench.places import LOOPBACK, SAMPLES
from bench.process import Process

READY_WITHIN_S = 120.0
POLL_S = 0.005
TIMEOUT_S = 5.0


class Wrong(Exception):
    """A server that did not start, or answers something else. The message is for a person."""


@dataclass(frozen=True, slots=True)
class Said:
    """Status and body of one answer."""

    status: int
    body: bytes


def ask(port: int, case: Case, path: str) -> Said:
    """Raises OSError, or http.client.HTTPException."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=TIMEOUT_S)
    # http.client sends this one by itself, and would send a second one of ours
    headers = {name: value for name, value in case.headers_sent() if name != "Accept-Encoding"}
    try:
        connection.request(case.method, path, body=case.body_of(SAMPLES) or None, headers=headers)
        answer = connection.getresponse()
        return Said(answer.status, answer.read())
    finally:
        connection.close()


def wait_for(process: Process, port: int, case: Case, *, began_s: float) -> float:
    """Seconds from `began_s` to the first 200. Raises Wrong."""
    last: object = "no answer"
    while (waited_s := time.perf_counter() - began_s) < READY_WITHIN_S:
        if process.child.poll() is not None:
            raise Wrong(f"{process.name} ended by itself:\n{process.last_words()}")
        try:
            said = ask(port, case, case.paths[0])
        except (OSError, http.client.HTTPException) as error:
            last = repr(error)
        else:
            if said.status == http.HTTPStatus.OK:
                return time.perf_counter() - began_s
            last = said
        time.sleep(POLL_S)
    raise Wrong(
        f"{process.name} was not up after {waited_s:.0f} s ({last}):\n{process.last_words()}"
    )


def check(process: Process, port: int, case: Case, *, sample: str) -> None:
    """Every path of the case answers the sample. Raises Wrong."""
    expected = SAMPLES.joinpath(f"{sample}.json").read_bytes()
    for path in case.paths:
        said = ask(port, case, path)
        if said.status != http.HTTPStatus.OK or not same_json(said.body, expected):
            shown = said.body[:400].decode(errors="replace")
            raise Wrong(f"{process.name}, {case.method} {path}: {said.status} {shown}")

"""Is this answer the caller's own? Every answer of a run is judged; none is taken on trust.

ok       2xx with the id and the identity that were sent
partial  2xx that says itself that a part is missing
clean    an error that a client can act on: problem+json with its status and a known slug
lost     no answer that HTTP can parse, or one that only its status tells from silence
wrong    somebody else's answer, or half of one that looks whole
Called by load.py, for every answer; scenarios with other routes bring a judge of their own.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from bff.contract.status import PROBLEM_TYPE_PREFIX, PROBLEMS

CANARY = b"CANARY"
"""What scripted services put into their own error texts: no 5xx may show it."""


class Outcome(StrEnum):
    OK = "ok"
    PARTIAL = "partial"
    CLEAN = "clean error"
    LOST = "lost"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is sent.

    id        the answer must have it; a client never uses one twice
    identity  who asks, the `x-identity` header, which the service echoes
    kind      a name for its route or class, to tell results apart
    """

    id: str
    path: str
    identity: str = ""
    method: str = "GET"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""

    def wire(self) -> bytes:
        """The request as HTTP/1.1 bytes."""
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: faults.test"]
        if self.identity:
            lines.append(f"X-Identity: {self.identity}")
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join((*lines, "", "")).encode() + self.body


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole one; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Verdict(NamedTuple):
    """why      a problem's slug, or what was wrong; "" for ok
    replica  who answered
    """

    outcome: Outcome
    why: str = ""
    replica: str = ""


Judge = Callable[[Ask, Answer | None], Verdict]
"""None: no answer came."""


def judged(ask: Ask, answer: Answer | None) -> Verdict:
    """The judge of the echo routes.

    >>> judged(Ask(id="1", path="/"), Answer(200, {}, b'{"id":"2"}')).outcome.value
    'wrong'
    """
    if answer is None:
        return Verdict(Outcome.LOST, "no answer")
    if answer.status >= 300:
        return problem(answer)
    said = answer.json()
    if not isinstance(said, dict):
        return Verdict(Outcome.WRONG, "a success that is no JSON object")
    if said.get("id") != ask.id or said.get("identity") != ask.identity:
        return Verdict(Outcome.WRONG, f"{said.get('id')} for {said.get('identity')}")
    return Verdict(Outcome.OK, replica=str(said.get("replica", "")))


def problem(answer: Answer) -> Verdict:
    """What an answer of 300 or more is: clean, or lost where a client could do nothing with it."""
    told = answer.json()
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if kind != "application/problem+json" or not isinstance(told, dict):
        return Verdict(Outcome.LOST, f"{answer.status} without a problem document")
    slug = str(told.get("type", "")).removeprefix(PROBLEM_TYPE_PREFIX)
    if slug not in PROBLEMS or told.get("status") != answer.status:
        return Verdict(Outcome.LOST, f"{answer.status} with a problem that says {slug!r}")
    if answer.status >= 500 and CANARY in answer.body:
        return Verdict(Outcome.WRONG, "a service's own words in a 5xx")
    return Verdict(Outcome.CLEAN, f"{answer.status} {slug}")

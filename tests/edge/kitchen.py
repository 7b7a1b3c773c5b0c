"""Endpoints that answer as they are called, by the short way and the long one, and a gate.

Called by test_errand.py, test_admitted.py, test_browser.py, test_crowded.py, test_leaving.py.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from bff.calls.call import Done
from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Answer, Ask, Endpoint, Gap
from bff.contract.metadata import MetadataOptions, MetadataRules
from bff.edge.front import AtOnce, Front, FrontOptions, Gate
from bff.edge.http1.lane import Lane
from bff.edge.shell import shell
from bff.edge.short_way import ShortWay
from bff.guard.presented import Presented
from bff.terms.codes import Code
from bff.terms.context import Identity, RequestContext
from bff.terms.errors import BadInput, Refused, ServiceSaid
from bff.terms.events import Event
from tests.edge.conftest import an_endpoint
from tests.edge.test_lane import served

Outcome = Answer | Exception
HOST = b"host: h\r\nx-request-id: r1\r\nuser-agent: test\r\n"
CLOSE = HOST + b"connection: close\r\n\r\n"
TRACE = b"00-%b-%b-01" % (b"a" * 32, b"b" * 16)
LONG = b'{"text":"%s"}' % (b"x" * 5_000)
MOST_BYTES = 1_000
OUTCOMES: dict[str, Outcome] = {
    "small": Answer(b'{"a":1}'),
    "long": Answer(LONG),
    "gap": Answer(b'{"a":null}', gaps=(Gap(path="/a", code=Code.UNAVAILABLE, retryable=True),)),
    "headers": Answer(b"{}", headers=(("x-own", "1"), ("etag", '"7"'))),
    "created": Answer(b"{}", status=201),
    "other": Answer(b"raw", media_type="text/plain"),
    "missing": ServiceSaid("No such thing.", code=Code.NOT_FOUND, source="a.B/C"),
    "broken": ServiceSaid("secret", code=Code.INTERNAL, source="a.B/C"),
    "bug": RuntimeError("a bug"),
}


class Kitchen:
    """Endpoints that answer as they are called, by both ways; `begun` went the short one."""

    def __init__(self, *, at_once: bool = False) -> None:
        self.begun: list[tuple[str, str]] = []
        self.long: list[str] = []
        self.given_up: list[str] = []
        self.told: list[Event] = []
        self.waiting: list[Callable[[], None]] = []
        self.held = False
        self._at_once = at_once

    def endpoint(self, name: str, method: str = "GET") -> Endpoint:
        async def run(context: RequestContext, ask: Ask) -> Answer:
            self.long.append(name)
            outcome = self._outcome(name, context, ask)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        def short(context: RequestContext, ask: Ask, done: Done) -> Callable[[], None] | None:
            if ask.query == "late":
                return None
            outcome = self._outcome(name, context, ask)
            self.begun.append((method, name))
            tell = partial(_tell, done, outcome)
            if self.held:
                self.waiting.append(tell)
            elif self._at_once:
                tell()
            else:
                asyncio.get_running_loop().call_soon(tell)
            return partial(self.given_up.append, name)

        access: Any = "signed_in" if name == "mine" else "public"
        return replace(
            an_endpoint(f"/{name}/{{id}}", run=run, short=short, access=access, soft=name == "gap"),
            name=f"{method}-{name}",
            method=method,
            max_body_bytes=MOST_BYTES,
        )

    def _outcome(self, name: str, context: RequestContext, ask: Ask) -> Outcome:
        if ask.query == "bad":
            raise BadInput.at("bad", "send something else")
        if name == "seen":
            seen = (*ask.values, ask.query, context.identity.subject, *map(str, context.metadata))
            sent = ask.body.decode(), ask.content_type
            return Answer("|".join((*seen, *sent, context.peer)).encode())
        return OUTCOMES.get(name, OUTCOMES["small"])

    def front(self, gate: Gate | None = None) -> Front:
        names = (*OUTCOMES, "mine", "seen")
        return Front(
            Blueprint(
                [self.endpoint(one, method) for one in names for method in ("GET", "POST")],
                title="t",
                version="1",
            ),
            shell=shell(()),
            gate=gate or Gate(admit=_admit, at_once=_at_once, challenge=lambda _: "Bearer"),
            emit=self.told.append,
            options=FrontOptions(metadata=MetadataRules(MetadataOptions(forward=("x-tenant",)))),
        )


def _tell(done: Done, outcome: Outcome) -> None:
    failed = isinstance(outcome, Exception)
    done(None if failed else outcome, outcome if failed else None)


def _known(context: RequestContext, endpoint: Endpoint, shown: Presented) -> RequestContext | None:
    authorizations = shown.authorizations
    if authorizations == ("Bearer new",):
        return None
    subject = authorizations[0].removeprefix("Bearer ") if authorizations else ""
    if not endpoint.access.is_public and not subject:
        raise Refused("Sign in.")
    return context._replace(identity=Identity(subject=subject))


def _at_once(endpoint: Endpoint) -> AtOnce:
    return lambda context, shown: _known(context, endpoint, shown)


async def _admit(context: RequestContext, endpoint: Endpoint, shown: Presented) -> RequestContext:
    known = _known(context, endpoint, shown)
    return known or context._replace(identity=Identity(subject="new"))


def connected(kitchen: Kitchen) -> Any:
    front = kitchen.front()
    return served(front, partial(Lane, short=ShortWay(front)))

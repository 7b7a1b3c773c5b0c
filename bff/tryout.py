"""`bff try`: one request through the real corridor, with every rpc shown.

Called by cli.py.
Never     listens on a port; acts as a user only because whoever runs it holds the configuration.
"""

import json
import sys
from collections.abc import Sequence
from time import perf_counter

from bff.app import assemble
from bff.contract.status import FIRST_ERROR
from bff.edge.in_process import asked, scope_of
from bff.settings import Settings
from bff.sources import read_sources
from bff.telemetry.metrics import Metrics
from bff.terms.codes import Code
from bff.terms.context import Identity
from bff.terms.events import CallFinished, Crashed, Event
from bff.terms.silence import UNREACHABLE

_NOBODY = "no service there? start it (the demo's: python -m fake_services), or say where it is:"


async def tryout(settings: Settings, *, method: str, path: str, subject: str, body: bytes) -> int:
    """Print status, headers and body on stdout, the rpcs on stderr; 0 for a status below 400."""
    act_as = Identity(subject=subject, issuer="bff try") if subject else None
    sources = await read_sources(settings)
    calls: list[CallFinished] = []

    def emit(event: Event) -> None:
        _show(event)
        if isinstance(event, CallFinished):
            calls.append(event)

    bff = assemble(settings, emit=emit, metrics=Metrics(), sources=sources, act_as=act_as)
    headers = (("host", "localhost"), *((("content-type", "application/json"),) if body else ()))
    scope = scope_of(method, path, headers=headers, peer="127.0.0.1")
    started_s = perf_counter()
    async with bff.running():
        told = await asked(bff.public, scope, body)
    elapsed_ms = (perf_counter() - started_s) * 1000
    print(f"{method} {path} -> {told.status} in {elapsed_ms:.0f} ms", file=sys.stderr)
    print(_readable(told.body.decode(errors="replace")))
    if missing := nobody_answers(calls):
        print(f"{_NOBODY} --service {missing}=HOST:PORT", file=sys.stderr)
    return 0 if told.status < FIRST_ERROR else 1


def nobody_answers(calls: Sequence[CallFinished]) -> str:
    """A service that could not be reached; "" where there is none, or another one answered."""
    unreachable = [one.service for one in calls if one.reason == UNREACHABLE]
    answered = any(one.code is Code.OK for one in calls)
    return unreachable[0] if unreachable and not answered else ""


def _readable(body: str) -> str:
    """JSON in lines where a person reads it; as it is for a program, and where it is no JSON."""
    if not sys.stdout.isatty():
        return body
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


def _show(event: Event) -> None:
    if isinstance(event, CallFinished):
        ended = f"{event.code.name} {event.detail}".strip()
        rpc = f"{event.service}/{event.rpc}"
        print(f"  rpc {rpc} {event.elapsed_s * 1000:.1f} ms {ended}", file=sys.stderr)
    elif isinstance(event, Crashed):
        print(event.traceback, file=sys.stderr)

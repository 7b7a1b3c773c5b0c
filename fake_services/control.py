"""Turn the knobs of services in another process, and read what they were asked.

Why       `python -m fake_services set ...` must act on a demo that runs already.
Called by cli.py (client side), serve.py (server side).
Never     listens on anything but loopback.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import grpc

from fake_services import state_file
from fake_services.doors import Context
from fake_services.faults import Fault, Faults, UnknownMethod, matching
from fake_services.record import Record
from fake_services.server import Running
from fake_services.systems import methods

SERVICE = "fake_services.Control"
ANSWER_TIMEOUT_S = 2.0
Json = dict[str, Any]


class NothingRuns(RuntimeError):
    """No process hosts the rpc; the message says what to do."""


def control_door(running: Running) -> grpc.GenericRpcHandler:
    """`Set` and `Calls` as JSON over gRPC, for the server side."""

    async def change(asked: Json) -> Json:
        return set_here(running.faults, asked)

    async def calls(asked: Json) -> Json:
        return calls_here(
            running.record,
            clear=bool(asked.get("clear")),
            request_id=str(asked.get("request_id") or ""),
        )

    rooms = {"Set": _room(change), "Calls": _room(calls)}
    return grpc.method_handlers_generic_handler(SERVICE, rooms)


def set_here(faults: Faults, asked: Json) -> Json:
    """Set or clear what is asked: `{"method", "knobs"?, "clear"?}`; returns what is set now."""
    if asked.get("clear"):
        named = faults.clear(asked["method"])
    elif asked.get("knobs"):
        named = faults.set(asked["method"], **asked["knobs"])
    else:
        named = matching(asked["method"], methods())
    now = faults.now()
    return {name: asdict(now[name]) if name in now else None for name in named}


def calls_here(record: Record, *, clear: bool, request_id: str = "") -> Json:
    """The record's calls as plain data, oldest first; forgotten afterwards when `clear`.

    request_id  of the client's request that they were made for; "" for all
    """
    mark = ("x-request-id", request_id)
    calls = [
        {"method": call.method, "started": call.started, "ended": call.ended}
        for call in record.calls
        if not request_id or mark in call.metadata
    ]
    peak = record.peak()
    if clear:
        record.clear()
    return {"calls": calls, "peak": peak}


def set_everywhere(
    pattern: str, *, knobs: Mapping[str, object], clear: bool, where: Path
) -> dict[str, Fault | None]:
    """Set or clear a fault in every process that hosts the rpc; without either, only look.

    returns  for each rpc what is set now, None for nothing
    Raises   UnknownMethod, NothingRuns; ValueError for a knob that makes no sense
    """
    named = matching(pattern, methods())
    service = named[0].partition("/")[0]
    # Checked here too, so that nonsense is said before anything is changed.
    Fault(**cast("dict[str, Any]", knobs))
    asked = {"method": pattern, "knobs": dict(knobs), "clear": clear}
    hosts = [state for state in state_file.alive(where) if service in state.services]
    replies = [reply for state in hosts if (reply := _ask(state, "Set", asked, where)) is not None]
    if not replies:
        raise NothingRuns(f"no running process hosts {service}; start it: python -m fake_services")
    return {name: Fault(**fault) if fault else None for name, fault in replies[-1].items()}


def calls_everywhere(*, clear: bool, where: Path, request_id: str = "") -> list[Json]:
    """The record of every running process, by pid; `request_id` as in `calls_here`.

    Raises NothingRuns
    """
    asked = {"clear": clear, "request_id": request_id}
    replies = [_ask(state, "Calls", asked, where) for state in state_file.alive(where)]
    found = [reply for reply in replies if reply is not None]
    if not found:
        raise NothingRuns("no services are running; start them: python -m fake_services")
    return found


def _ask(state: state_file.State, method: str, asked: Json, where: Path) -> Json | None:
    """One answer; None, and the file removed, when the pid now belongs to somebody else."""
    with grpc.insecure_channel(state.control) as channel:
        ask: grpc.UnaryUnaryMultiCallable[bytes, bytes]
        ask = channel.unary_unary(f"/{SERVICE}/{method}")
        try:
            reply = ask(json.dumps(asked).encode(), timeout=ANSWER_TIMEOUT_S)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE:
                raise
            state_file.path_of(state.pid, where).unlink(missing_ok=True)
            return None
    return cast("Json", json.loads(reply))


def _room(
    act: Callable[[Json], Awaitable[Json]],
) -> grpc.RpcMethodHandler[Any, Any]:
    async def answer(sent: bytes, context: Context) -> bytes:
        try:
            return json.dumps(await act(json.loads(sent))).encode()
        except (UnknownMethod, ValueError, TypeError) as error:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            raise

    return grpc.unary_unary_rpc_method_handler(answer)

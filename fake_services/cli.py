"""The commands: run services, make one ill, print a token, run the whole demo.

Called by `python -m fake_services`.
Never     decides anything: each command is one call of the file that it is named after.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import grpc

from fake_services import state_file
from fake_services.control import NothingRuns, calls_everywhere, set_everywhere
from fake_services.demo import DemoOptions, run_demo
from fake_services.demo_keys import DEFAULT_FOLDER, demo_keys
from fake_services.faults import UnknownMethod
from fake_services.serve import ServeOptions, serve
from fake_services.server import FIRST_PORT, LOOPBACK
from fake_services.systems import SYSTEMS
from fake_services.tokens import ALGORITHMS, AUDIENCE, ISSUER, LIFETIME_S, TokenOptions, token

_PROGRAM = "python -m fake_services"


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status."""
    commands = {"set": _set, "calls": _calls, "token": _token, "keys": _keys, "demo": _demo}
    if arguments and arguments[0] in commands:
        return commands[arguments[0]](arguments[1:])
    return _serve(arguments)


def _serve(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Run the demo's services until Ctrl-C.",
        epilog="Other commands: set, calls, token, keys, demo; each has its own --help.",
    )
    parser.add_argument("--system", action="append", choices=list(SYSTEMS), default=[])
    parser.add_argument(
        "--empty",
        action="append",
        default=[],
        metavar="SERVICE",
        help="a service with no fake, which answers UNIMPLEMENTED",
    )
    parser.add_argument("--base-port", type=int, default=FIRST_PORT, help="0 takes any free ports")
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port-file", type=Path, help="also write the addresses here, as JSON")
    found = parser.parse_args(arguments)
    options = ServeOptions(
        systems=tuple(found.system),
        empty=tuple(found.empty),
        base_port=found.base_port,
        host=found.host,
        port_file=found.port_file,
    )
    asyncio.run(serve(options))
    return 0


def _set(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=f"{_PROGRAM} set",
        description="Make one rpc of the running services ill. Replaces what was set before. "
        "Without a knob it shows what is set.",
    )
    parser.add_argument("method", help="pkg.Service/Method, or 'pkg.Service/*'")
    parser.add_argument("--delay-ms", type=int, help="wait before answering")
    parser.add_argument("--jitter-ms", type=int, help="wait up to this much more")
    parser.add_argument("--status", type=str.upper, help="fail, for example with UNAVAILABLE")
    parser.add_argument("--every", type=int, help="only every N-th call")
    parser.add_argument("--freeze", action="store_true", default=None, help="never answer")
    parser.add_argument("--garbage", action="store_true", default=None, help="answer rubbish")
    parser.add_argument("--clear", action="store_true", help="mend it")
    found = vars(parser.parse_args(arguments))
    method, clear = str(found.pop("method")), bool(found.pop("clear"))
    knobs = {name: value for name, value in found.items() if value is not None}
    if clear and knobs:
        parser.error("--clear goes alone")
    if list(knobs) == ["every"]:
        parser.error("--every needs something to do every N-th call")
    return _turn(method, knobs, clear=clear)


def _turn(method: str, knobs: dict[str, object], *, clear: bool) -> int:
    try:
        now = set_everywhere(method, knobs=knobs, clear=clear, where=state_file.folder())
    except (UnknownMethod, NothingRuns, ValueError) as error:
        return _fail(str(error))
    except grpc.RpcError as error:
        return _fail(f"the services did not take it: {error.code().name}: {error.details()}")
    for name, fault in now.items():
        print(f"{name}: {fault or 'no fault'}")
    return 0


def _calls(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=f"{_PROGRAM} calls", description="Print what the running services were asked, as JSON."
    )
    parser.add_argument("--clear", action="store_true", help="and forget it")
    found = parser.parse_args(arguments)
    try:
        print(json.dumps(calls_everywhere(clear=found.clear, where=state_file.folder())))
    except NothingRuns as error:
        return _fail(str(error))
    return 0


def _token(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=f"{_PROGRAM} token", description="Print a token that the running demo accepts."
    )
    parser.add_argument("name", help="the user, for example ada")
    parser.add_argument("--expires-in", type=int, default=LIFETIME_S, metavar="SECONDS")
    parser.add_argument("--audience", default=AUDIENCE)
    parser.add_argument("--issuer", default=ISSUER)
    parser.add_argument("--scope", default="")
    parser.add_argument("--algorithm", choices=ALGORITHMS, default="ES256")
    parser.add_argument("--key-state", type=Path, default=DEFAULT_FOLDER, metavar="DIR")
    found = parser.parse_args(arguments)
    options = TokenOptions(
        expires_in_s=found.expires_in,
        audience=found.audience,
        issuer=found.issuer,
        scope=found.scope,
        algorithm=found.algorithm,
    )
    print(token(found.name, demo_keys(found.key_state), options))
    return 0


def _keys(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=f"{_PROGRAM} keys",
        description="Make the demo's keys; print where the public ones are.",
    )
    parser.add_argument("--key-state", type=Path, default=DEFAULT_FOLDER, metavar="DIR")
    print(demo_keys(parser.parse_args(arguments).key_state).jwks)
    return 0


def _demo(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=f"{_PROGRAM} demo", description="Run the services and the BFF until Ctrl-C."
    )
    environ = os.environ
    parser.add_argument("--port", type=int, default=int(environ.get("PORT") or 0))
    parser.add_argument("--admin-port", type=int, default=int(environ.get("ADMIN_PORT") or 0))
    parser.add_argument("--base-port", type=int, default=FIRST_PORT)
    found = parser.parse_args(arguments)
    options = DemoOptions(port=found.port, admin_port=found.admin_port, base_port=found.base_port)
    return run_demo(options)


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1

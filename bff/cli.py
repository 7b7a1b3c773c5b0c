"""The commands: serve, check, routes, explain, openapi, try, codegen.

Called by __main__.py.
Never     shows a traceback for a mistake of the operator's: it prints every mistake and exits with
          1.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from bff.advice import advice
from bff.app import Bff, assemble
from bff.arguments import add_explaining, add_listening, add_settings, settings_of
from bff.calls.pipeline import pipeline
from bff.compose.blueprint import Blueprint
from bff.contract.codec.native_engine import engine_name
from bff.routes_table import as_json, as_text, policies, policies_as_json
from bff.serve import Voice, loop_factory, serve
from bff.served import blueprint_of
from bff.settings import Settings
from bff.sources import read_sources
from bff.supervisor import command_of, supervise
from bff.telemetry.log import JsonLog
from bff.telemetry.metrics import Metrics
from bff.terms.events import silence
from bff.terms.mistakes import ContractMistakes
from bff.tryout import tryout
from bff.worker import Inherited, WholeLines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["codegen"]:
        from bff.codegen import main as codegen

        return codegen(words[1:])
    options = _parser().parse_args(words)
    options.words = words
    try:
        return int(options.run(options))
    except ContractMistakes as mistakes:
        _tell(mistakes)
        return 1


def _tell(mistakes: ContractMistakes) -> None:
    from bff.codegen.proto_error import ProtoMistake

    for one in mistakes.exceptions:
        _say(f"mistake: {one.block if isinstance(one, ProtoMistake) else one}")
    if len(mistakes.exceptions) > 1:
        _say(f"{len(mistakes.exceptions)} mistakes")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bff", description="A Backend for Frontend for services that speak gRPC."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in (
        ("serve", _serve, "serve the API until SIGTERM or Ctrl-C"),
        ("check", _check, "verify protos, screens and settings; start nothing"),
        ("routes", _routes, "list everything that is served"),
        ("explain", _explain, "show what an endpoint asks, when and at which cost"),
        ("openapi", _openapi, "print the OpenAPI document"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        add_settings(command)
        command.set_defaults(run=run)
        if name == "serve":
            add_listening(command)
        elif name == "routes":
            command.add_argument("--json", action="store_true", help="a JSON list of objects")
            command.add_argument(
                "--policy", action="store_true", help="who may call what, and who said so"
            )
        elif name == "explain":
            add_explaining(command)
        elif name == "openapi":
            where = command.add_mutually_exclusive_group()
            where.add_argument("--output", type=Path, metavar="FILE", help="write it there")
            where.add_argument("--check", type=Path, metavar="FILE", help="is it there already?")
    command = commands.add_parser("try", help="make one request and show how it went")
    add_settings(command)
    command.add_argument("method", metavar="METHOD", help="such as GET")
    command.add_argument("path", metavar="PATH", help="such as /mobile/v1/dashboard")
    command.add_argument("--as", dest="subject", default="", help="act as this user, with no token")
    command.add_argument("--data", default="", help="the request's JSON body")
    command.set_defaults(run=_try)
    commands.add_parser("codegen", help="protos -> generated/ (see: bff codegen --help)")
    return parser


def _serve(options: argparse.Namespace) -> int:
    inherited = Inherited.of(options.inherited) if options.inherited else None
    settings = settings_of(options)
    if inherited is None and settings.server.workers != 1:
        command = command_of(options.words)
        log = JsonLog(WholeLines(sys.stdout.fileno()), level=settings.log.level)
        return supervise(
            command,
            settings.server,
            write_s=settings.connections.write_s,
            renewal_s=settings.login.timeout_s,
            emit=log.listen,
        )
    voice = Voice(line=_say, mistakes=_tell)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(serve(lambda: settings_of(options), voice, inherited=inherited))


def _check(options: argparse.Namespace) -> int:
    bff = asyncio.run(_assembled(settings_of(options)))
    for one in advice(bff.settings, bff.blueprint):
        _say(f"note: {one}")
    print(
        f"ok: {len(bff.blueprint.endpoints)} endpoints,"
        f" {len(bff.settings.services)} service addresses,"
        f" {len(bff.settings.issuers)} issuers; JSON codec: {engine_name()};"
        f" store: {bff.shelves.place}"
    )
    return 0


async def _assembled(settings: Settings) -> Bff:
    sources = await read_sources(settings)
    return assemble(settings, emit=silence, metrics=Metrics(), sources=sources)


def _routes(options: argparse.Namespace) -> int:
    _, blueprint = _read(options)
    if options.policy:
        print(policies_as_json(blueprint) if options.json else policies(blueprint))
    else:
        print(as_json(blueprint) if options.json else as_text(blueprint))
    return 0


def _explain(options: argparse.Namespace) -> int:
    from bff.explaining import explanation, stale

    _, blueprint = _read(options)
    if options.check:
        told = stale(blueprint, options.check)
        for line in told:
            _say(line)
        return 1 if told else 0
    text = explanation(blueprint, options.method, options.path, form=options.format)
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


def _openapi(options: argparse.Namespace) -> int:
    from bff.printout import check, write  # what prints documents is no worker's

    _, blueprint = _read(options)
    return check(blueprint, options.check) if options.check else write(blueprint, options.output)


def _try(options: argparse.Namespace) -> int:
    return asyncio.run(
        tryout(
            settings_of(options),
            method=options.method.upper(),
            path=options.path,
            subject=options.subject,
            body=options.data.encode(),
        )
    )


def _read(options: argparse.Namespace) -> tuple[Settings, Blueprint]:
    settings = settings_of(options)
    sources = asyncio.run(read_sources(settings))
    return sources.addressed(settings), blueprint_of(settings, pipeline({}, emit=silence), sources)

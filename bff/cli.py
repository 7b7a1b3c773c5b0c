"""The commands: serve, check, routes, try, codegen.

Called by `python -m bff` and the `bff` script.
Never     shows a traceback for a mistake of the operator's: it prints every mistake and exits with
          1.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from bff.app import blueprint_of
from bff.calls.pipeline import pipeline
from bff.compose.blueprint import Blueprint
from bff.serve import serve
from bff.settings import Overrides, Settings, load
from bff.terms.events import silence
from bff.terms.mistakes import ContractMistakes
from bff.tryout import tryout

DEFAULT_CONFIG = Path("bff.toml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["codegen"]:
        from bff.codegen import main as codegen

        return codegen(words[1:])
    options = _parser().parse_args(words)
    try:
        return int(options.run(options))
    except ContractMistakes as mistakes:
        return _told(mistakes)


def _told(mistakes: ContractMistakes) -> int:
    for mistake in mistakes.exceptions:
        print(f"mistake: {mistake}", file=sys.stderr)
    count = len(mistakes.exceptions)
    print(f"{count} mistake{'s' if count > 1 else ''}: nothing was started.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bff", description="A Backend for Frontend for services that speak gRPC."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in (
        ("serve", _serve, "serve the API until SIGTERM or Ctrl-C"),
        ("check", _check, "verify protos, screens and settings; start nothing"),
        ("routes", _routes, "list everything that is served"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        _add_settings(command)
        command.set_defaults(run=run)
    command = commands.add_parser("try", help="make one request and show how it went")
    _add_settings(command)
    command.add_argument("method", metavar="METHOD", help="such as GET")
    command.add_argument("path", metavar="PATH", help="such as /mobile/v1/dashboard")
    command.add_argument("--as", dest="subject", default="", help="act as this user, with no token")
    command.add_argument("--data", default="", help="the request's JSON body")
    command.set_defaults(run=_try)
    commands.add_parser("codegen", help="protos -> generated/ (see: bff codegen --help)")
    return parser


def _add_settings(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--config", type=Path, metavar="FILE", help="default: bff.toml, where there is one")
    add(
        "--descriptors",
        nargs="+",
        default=[],
        metavar="FILE",
        help="descriptor sets to serve, instead of the config's",
    )
    add(
        "--service",
        action="append",
        default=[],
        metavar="pkg.Service=host:port",
        help="where a service is; '*=host:port' for all others",
    )
    add(
        "--set",
        action="append",
        default=[],
        metavar="key=value",
        help="any setting, such as server.docs=true",
    )
    add("--auth", choices=["none"], help="none: every transcoded route is public")
    add("--port", help="the public port")
    add("--admin-port", help="the admin port")


def settings_of(options: argparse.Namespace) -> Settings:
    """Config file, environment and command line, in this order; the last one wins."""
    keys = [_pair(one, "--set") for one in options.set]
    if options.port:
        keys.append(("server.port", options.port))
    if options.admin_port:
        keys.append(("server.admin_port", options.admin_port))
    file = options.config
    if file is None and not options.descriptors and DEFAULT_CONFIG.exists():
        file = DEFAULT_CONFIG
    return load(
        file,
        overrides=Overrides(
            keys=tuple(keys),
            services=tuple(_pair(one, "--service") for one in options.service),
            descriptors=tuple(options.descriptors),
            open_access=options.auth == "none",
        ),
    )


def _pair(text: str, flag: str) -> tuple[str, str]:
    key, found, value = text.partition("=")
    if not found:
        raise SystemExit(f"bff: {flag} takes KEY=VALUE, not {text!r}")
    return key, value


def _serve(options: argparse.Namespace) -> int:
    return asyncio.run(serve(settings_of(options)))


def _check(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    blueprint = _blueprint(settings)
    print(
        f"ok: {len(blueprint.endpoints)} endpoints, {len(settings.services)} service addresses,"
        f" {len(settings.issuers)} issuers"
    )
    return 0


def _routes(options: argparse.Namespace) -> int:
    rows = [
        (one.method, one.template.text, one.access, one.name, one.declared_at)
        for one in _blueprint(settings_of(options)).endpoints
    ]
    widths = [max(len(row[column]) for row in rows) if rows else 0 for column in range(4)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)]
        print("  ".join([*cells, row[4]]))
    return 0


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


def _blueprint(settings: Settings) -> Blueprint:
    return blueprint_of(settings, pipeline({}, emit=silence))

"""What the command line says about settings, and the settings that come of it.

Called by cli.py, for every command that needs a contract.
Never     reads the bff.toml of the working folder where the command line names a contract: what is
          served there is nobody's business here.
Source    docs/spec/demo.md "Commands".
"""

import argparse
from pathlib import Path

from bff.settings import Overrides, Settings, load

DEFAULT_CONFIG = Path("bff.toml")


def add_settings(command: argparse.ArgumentParser) -> None:
    """The options of every command that looks at a contract."""
    _add_sources(command)
    add = command.add_argument
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
        help="any setting: section.key, or the key alone where one section has it",
    )
    add("--auth", choices=["none"], help="none: every transcoded route is public")


def _add_sources(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add(
        "--config",
        type=Path,
        metavar="FILE",
        help="default: bff.toml, where there is one and no contract is named",
    )
    for flag, metavar, text in (
        ("--descriptors", "FILE", "descriptor sets to serve"),
        ("--protos", "DIR", "folders of protos to compile and serve"),
        ("--reflect", "host:port", "servers to ask for what they serve"),
    ):
        add(flag, metavar=metavar, nargs="+", action="extend", default=[], help=text)
    add("--rules", metavar="FILE", default="", help="HTTP rules, as JSON, over the annotations'")


def add_listening(command: argparse.ArgumentParser) -> None:
    """The options of `serve` alone."""
    command.add_argument("--port", help="the public port; 0 for any free one")
    command.add_argument("--admin-port", help="the admin port; 0 for any free one")
    command.add_argument("--workers", help="processes behind the public port; 0: one per core")
    command.add_argument("--inherited", default="", help=argparse.SUPPRESS)
    command.add_argument(
        "--watch", action="store_true", help="serve a saved contract or config at once"
    )


def add_explaining(command: argparse.ArgumentParser) -> None:
    """The options of `explain` alone."""
    add = command.add_argument
    add("method", nargs="?", default="", metavar="METHOD", help="such as GET; none: every view")
    add("path", nargs="?", default="", metavar="PATH", help="such as /web/v1/products/{product_id}")
    add("--format", choices=["text", "json", "mermaid", "svg"], default="text")
    where = command.add_mutually_exclusive_group()
    where.add_argument("--output", type=Path, metavar="FILE", help="write it there")
    where.add_argument(
        "--check", type=Path, metavar="FILE", help="what has changed since every view was put there"
    )


def settings_of(options: argparse.Namespace) -> Settings:
    """Config file, environment and command line, in this order; the last one wins.

    Raises ContractMistakes; SystemExit for an option that is no pair.
    """
    overrides = Overrides(
        keys=(*(_pair(one, "--set") for one in options.set), *_listening(options)),
        services=tuple(_pair(one, "--service") for one in options.service),
        descriptors=tuple(options.descriptors),
        protos=tuple(options.protos),
        reflect=tuple(options.reflect),
        rules=options.rules,
        open_access=options.auth == "none",
    )
    named = options.descriptors or options.protos or options.reflect
    file = options.config
    if file is None and not named and DEFAULT_CONFIG.exists():
        file = DEFAULT_CONFIG
    return load(file, overrides=overrides)


def _listening(options: argparse.Namespace) -> list[tuple[str, str]]:
    given = {
        "server.port": getattr(options, "port", None),
        "server.admin_port": getattr(options, "admin_port", None),
        "server.workers": getattr(options, "workers", None),
        "server.reload": "true" if getattr(options, "watch", False) else None,
    }
    return [(key, text) for key, text in given.items() if text is not None]


def _pair(text: str, flag: str) -> tuple[str, str]:
    key, found, value = text.partition("=")
    if not (found and key) or (flag == "--service" and not value):
        raise SystemExit(f"bff: {flag} takes KEY=VALUE, not {text!r}")
    return key, value

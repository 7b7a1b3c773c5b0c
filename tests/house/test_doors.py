"""What only one place may do: print, log, know HTTP status numbers. And no test ever sleeps."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import BFF, ROOT, TESTS, Finding, Source, dotted, holds, lines_found

# Commands talk to a terminal; nothing else does.
PRINTERS = frozenset({"bff/cli.py", "bff/printout.py", "bff/tryout.py", "bff/codegen/command.py"})
STATUS_HOME = "bff/contract/status.py"
STATUS = range(400, 600)
SLEEPS = frozenset({"sleep", "time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep"})


def prints(source: Source) -> Iterator[Finding]:
    if source.place not in PRINTERS:
        for call in source.calls():
            if dotted(call.func) in ("print", "pprint", "pprint.pprint"):
                yield Finding(call.lineno, "print: rooms emit events; only commands print")


def logs(source: Source) -> Iterator[Finding]:
    if source.place.startswith("bff/telemetry/"):
        return
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        from_name = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names = from_name or [it.name for it in node.names]
        if any(name.partition(".")[0] in ("logging", "warnings") for name in names):
            yield Finding(node.lineno, "emit an event instead: telemetry alone logs")


def status_numbers(source: Source) -> Iterator[Finding]:
    """Numbers from 400 to 599 that are compared, matched, or given to something named status."""
    if source.place == STATUS_HOME:
        return
    for node in ast.walk(source.tree):
        for number in _as_status(node):
            if isinstance(number, ast.Constant) and number.value in STATUS:
                told = f"HTTP {number.value!r}: its number lives in {STATUS_HOME} alone"
                yield Finding(number.lineno, told)


def _as_status(node: ast.AST) -> list[ast.expr]:
    """The expressions of this node that stand where a status would."""
    match node:
        case ast.Compare():
            return [node.left, *node.comparators]
        case ast.MatchValue(value=value) | ast.Return(value=ast.expr() as value):
            return [value]
        case ast.keyword(arg=str(name), value=value) if "status" in name:
            return [value]
        case ast.Assign(targets=[target], value=value) if "status" in dotted(target).lower():
            return [value]
        case ast.AnnAssign(target=target, value=ast.expr() as value) if (
            "status" in dotted(target).lower()
        ):
            return [value]
        case ast.Call(func=called) if dotted(called).endswith(("Response", "Problem", "status")):
            return node.args
    return []


def sleeps(source: Source) -> Iterator[Finding]:
    for call in source.calls():
        if dotted(call.func) in SLEEPS and not _zero(call):
            yield Finding(call.lineno, "a test that sleeps is slow or wrong: wait for an event")


def _zero(call: ast.Call) -> bool:
    return [ast.unparse(it) for it in call.args] == ["0"]


def test_only_commands_print() -> None:
    holds(prints, BFF)


def test_only_telemetry_logs() -> None:
    holds(logs, BFF)


def test_status_numbers_live_in_one_file() -> None:
    holds(status_numbers, BFF)


def test_tests_never_sleep() -> None:
    holds(sleeps, TESTS)


def test_every_printer_still_prints() -> None:
    """An exception that nothing needs any more is removed."""
    silent = [
        place
        for place in sorted(PRINTERS)
        if not lines_found(prints, (ROOT / place).read_text(encoding="utf-8"))
    ]
    assert [] == silent


def test_the_print_rule_knows_the_commands() -> None:
    assert [1] == lines_found(prints, "print('x')\n")
    assert [] == lines_found(prints, "print('x')\n", "bff/cli.py")


@pytest.mark.parametrize(
    "line", ["import logging", "from logging import info", "import os, logging.config"]
)
def test_the_log_rule_reads_every_form_of_import(line: str) -> None:
    assert [1] == lines_found(logs, f"{line}\n")
    assert [] == lines_found(logs, f"{line}\n", "bff/telemetry/log.py")


@pytest.mark.parametrize(
    "line",
    [
        "ok = answer.status >= 500",
        "reply(status=404)",
        "status = 503",
        "self.status_code: int = 429",
        "Response(b'', 502)",
        "def f(): return 400",
        "match x:\n    case 404: ...",
    ],
)
def test_the_status_rule_finds_a_number_in_use(line: str) -> None:
    assert 1 == len(lines_found(status_numbers, f"{line}\n"))
    assert [] == lines_found(status_numbers, f"{line}\n", STATUS_HOME)


@pytest.mark.parametrize("line", ["limit = 512", "page(size=500)", "status = 200", "len(x) > 4000"])
def test_the_status_rule_lets_sizes_pass(line: str) -> None:
    assert [] == lines_found(status_numbers, f"{line}\n")


@pytest.mark.parametrize("call", ["time.sleep(0.1)", "await asyncio.sleep(1)", "sleep(pause_s)"])
def test_the_sleep_rule_finds_sleeps(call: str) -> None:
    assert [2] == lines_found(sleeps, f"async def f():\n    {call}\n")


def test_the_sleep_rule_lets_a_task_give_way() -> None:
    assert [] == lines_found(sleeps, "async def f():\n    await asyncio.sleep(0)\n")

"""A file of ours as the house rules see it: its lines, its tree, its place.

Called by every rule in tests/house.
Never     imports what it reads: a rule about a broken file must still run.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BFF, FAKES, TESTS, BENCH = "bff", "fake_services", "tests", "bench"

Rule = Callable[["Source"], Iterable["Finding"]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach: `line` is 1 where the whole file is at fault."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Source:
    """`place` is the path from the repository's root, with slashes: "bff/edge/reply.py"."""

    place: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, text: str, place: str = "bff/edge/reply.py") -> "Source":
        return cls(place, text, ast.parse(text))

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


def sources(*tops: str) -> list[Source]:
    """Every Python file under these folders, by place."""
    return sorted((it for top in tops for it in read(top)), key=lambda it: it.place)


@cache
def read(top: str) -> list[Source]:
    """Read once for all rules; forgotten after the last, for trees are a million objects."""
    return [
        Source.of(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
        for path in (ROOT / top).rglob("*.py")
    ]


def breaches(rule: Rule, *tops: str) -> list[str]:
    """What the rule finds under these folders, as `file:line: what`."""
    return [
        f"{source.place}:{finding.line}: {finding.what}"
        for source in sources(*tops)
        for finding in sorted(rule(source), key=lambda it: (it.line, it.what))
    ]


def holds(rule: Rule, *tops: str) -> None:
    """Fail the test with one line a breach."""
    found = breaches(rule, *tops)
    if found:
        pytest.fail(f"{len(found)} to mend:\n" + "\n".join(found), pytrace=False)


def lines_found(rule: Rule, text: str, place: str = "bff/edge/reply.py") -> list[int]:
    """The lines that the rule reports in a snippet: how a rule's own test looks at it."""
    return sorted(finding.line for finding in rule(Source.of(text, place)))


def dotted(node: ast.expr) -> str:
    """`asyncio.sleep` as it is written; "" for anything but names and dots."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (left := dotted(node.value)):
        return f"{left}.{node.attr}"
    return ""

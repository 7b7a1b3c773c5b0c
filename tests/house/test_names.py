"""Rule 2: a file and a class are named by their concept. Rule 4: a number's name says its unit."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.house.source import (
    BENCH,
    BFF,
    FAKES,
    TESTS,
    Finding,
    Function,
    Source,
    holds,
    lines_found,
)

NAMELESS = frozenset(
    "util utils helper helpers common misc base manager managers handler handlers"
    " processor processors core".split()
)
TIMES = frozenset(
    "timeout delay interval duration ttl elapsed lifetime latency backoff leeway jitter age".split()
)
NUMBER = re.compile(r"\b(int|float)\b")


def words(name: str) -> list[str]:
    """The lower-case words of snake_case or CamelCase.

    >>> words("HTTPBaseClient"), words("retry_policy")
    (['http', 'base', 'client'], ['retry', 'policy'])
    """
    return [it.lower() for it in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def nameless(source: Source) -> Iterator[Finding]:
    for part in PurePosixPath(source.place).with_suffix("").parts:
        for word in NAMELESS.intersection(words(part)):
            yield Finding(1, f"{word!r} in a path names no concept: what is it about?")
    for node in source.classes():
        for word in NAMELESS.intersection(words(node.name)):
            yield Finding(node.lineno, f"class {node.name}: {word!r} names no concept")


def unitless(source: Source) -> Iterator[Finding]:
    for name, note, line in _annotated(source):
        if words(name)[-1:] and words(name)[-1] in TIMES and _is_number(note):
            yield Finding(line, f"{name} in which unit? {name}_s, {name}_ms, or a type of its own")


def _annotated(source: Source) -> Iterator[tuple[str, ast.expr | None, int]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.annotation, node.lineno
        elif isinstance(node, Function):
            taken = node.args
            for it in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs):
                yield it.arg, it.annotation, it.lineno


def _is_number(note: ast.expr | None) -> bool:
    return note is None or bool(NUMBER.search(ast.unparse(note)))


def test_no_file_or_class_is_named_after_nothing() -> None:
    holds(nameless, BFF, FAKES, TESTS, BENCH)


def test_a_number_of_time_has_its_unit_in_its_name() -> None:
    holds(unitless, BFF, FAKES, TESTS, BENCH)


@pytest.mark.parametrize("place", ["bff/edge/utils.py", "bff/core/plan.py", "tests/http_helper.py"])
def test_the_name_rule_reads_every_part_of_a_path(place: str) -> None:
    assert [1] == lines_found(nameless, '"""A file."""\n', place)


def test_the_name_rule_reads_class_names_by_word() -> None:
    assert [1, 3] == lines_found(
        nameless, "class RequestHandler: ...\nclass Database: ...\nclass BaseIO: ...\n"
    )


def test_the_unit_rule_asks_for_a_suffix() -> None:
    text = (
        "def call(timeout=5): ...\n"
        "async def pause(*, retry_delay: float | None): ...\n"
        "class Policy:\n"
        "    ttl: int = 3\n"
    )
    assert [1, 2, 4] == lines_found(unitless, text)


def test_the_unit_rule_accepts_units_and_types_of_their_own() -> None:
    text = "def call(timeout_s: float, delay_ms: int, interval: Backoff, page: int): ...\n"
    assert [] == lines_found(unitless, text)

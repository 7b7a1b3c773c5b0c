"""Rules 1 and 6: files and functions stay small, and every module opens with a docstring."""

import ast
from collections.abc import Iterator

from tests.house.source import BENCH, BFF, FAKES, TESTS, Finding, Source, holds, lines_found

FILE_LINES = 300
FUNCTION_LINES = 50


def long_files(source: Source) -> Iterator[Finding]:
    lines = len(source.text.splitlines())
    if lines >= FILE_LINES:
        yield Finding(1, f"{lines} lines; it must be under {FILE_LINES}: which concept can leave?")


def long_functions(source: Source) -> Iterator[Finding]:
    for node in source.functions():
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines >= FUNCTION_LINES:
            yield Finding(
                node.lineno, f"{node.name}: {lines} lines; under {FUNCTION_LINES}, please"
            )


def missing_docstrings(source: Source) -> Iterator[Finding]:
    if source.tree.body and not ast.get_docstring(source.tree):
        yield Finding(1, "no docstring: what is it, why, who calls it, what does it never do?")


def test_files_stay_under_300_lines() -> None:
    holds(long_files, BFF, FAKES, TESTS, BENCH)


def test_functions_stay_under_50_lines() -> None:
    holds(long_functions, BFF, FAKES, TESTS, BENCH)


def test_every_module_opens_with_a_docstring() -> None:
    holds(missing_docstrings, BFF, FAKES, TESTS, BENCH)


def test_the_file_rule_counts_lines() -> None:
    assert [1] == lines_found(long_files, "x = 1\n" * 300)
    assert [] == lines_found(long_files, "x = 1\n" * 299)


def test_the_function_rule_counts_from_def_to_the_last_line() -> None:
    assert [2] == lines_found(long_functions, "\nasync def f():\n" + "    x = 1\n" * 49)
    assert [] == lines_found(long_functions, "\ndef f():\n" + "    x = 1\n" * 48)


def test_the_docstring_rule_lets_only_empty_files_pass() -> None:
    assert [1] == lines_found(missing_docstrings, "import os\n")
    assert [] == lines_found(missing_docstrings, '"""What and why."""\n')
    assert [] == lines_found(missing_docstrings, "")

"""Rule 12 and honest exceptions: an ignored rule is named, and nothing is left for later."""

import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.house.source import BENCH, BFF, FAKES, TESTS, Finding, Source, holds, lines_found

BLANKET = re.compile(r"#\s*(?:type:\s*ignore(?!\[)|noqa(?!:)|ruff:\s*noqa(?!:)|pragma:\s*no cover)")
LATER = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")


def comments(source: Source) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def blanket_ignores(source: Source) -> Iterator[Finding]:
    for line, text in comments(source):
        if BLANKET.search(text):
            yield Finding(line, f"{text!r}: name the rule, as in `type: ignore[arg-type]`")


def left_for_later(source: Source) -> Iterator[Finding]:
    for line, text in comments(source):
        if LATER.search(text):
            yield Finding(line, f"{text!r}: do it now, or open an issue")


def test_an_ignore_names_its_rule() -> None:
    holds(blanket_ignores, BFF, FAKES, TESTS, BENCH)


def test_nothing_is_left_for_later() -> None:
    holds(left_for_later, BFF, FAKES, TESTS, BENCH)


@pytest.mark.parametrize(
    "comment", ["# type: ignore", "#type:ignore", "# noqa", "# ruff: noqa", "# pragma: no cover"]
)
def test_the_ignore_rule_finds_blankets(comment: str) -> None:
    assert [1] == lines_found(blanket_ignores, f"x = 1  {comment}\n")


@pytest.mark.parametrize(
    "line", ["x = 1  # type: ignore[x]", "x = 1  # noqa: S101", "x = '# noqa'"]
)
def test_the_ignore_rule_lets_named_ones_and_strings_pass(line: str) -> None:
    assert [] == lines_found(blanket_ignores, f"{line}\n")


def test_the_later_rule_reads_comments_only() -> None:
    assert [1] == lines_found(left_for_later, "x = 1  # TODO: more\nTODO = '# TODO'\n")

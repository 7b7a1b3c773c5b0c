"""Every behaviour that the specification numbers is named by a test that runs in `make test`.

Why       An id without a test is a promise that nobody keeps watch over.
"""

import re
from collections.abc import Iterable

import pytest

from tests.house.source import ROOT, TESTS, sources

SPEC = ROOT / "docs" / "spec" / "transcoding.md"
BAD_INPUT = SPEC.with_name("bad-input.md")
_ROW = re.compile(r"^\| ([A-Z]{2}\d+(?:, ?(?:[A-Z]{2})?\d+)*) \|", re.MULTILINE)
_ELSEWHERE = "tests/interop/"
"""What `make test` does not run keeps no watch."""


def ids_of(spec: str) -> list[str]:
    """The ids of a specification's tables, `QP15, 16` written out; each once, in their order."""
    found: dict[str, None] = {}
    for row in _ROW.findall(spec):
        kind = row[:2]
        for part in row.split(","):
            one = part.strip()
            found[one if one[0].isalpha() else kind + one] = None
    return list(found)


def unnamed(ids: Iterable[str], text: str) -> list[str]:
    """The ids that a text names neither as they are nor inside of a function's name."""
    return [
        one
        for one in ids
        if not re.search(rf"(?<![A-Za-z0-9]){one}(?!\d)|_{one.lower()}(?![a-z0-9])", text)
    ]


def rows_of(spec: str) -> list[str]:
    """The numbers of a table's rows, as `row_1`."""
    return [f"row_{number}" for number in re.findall(r"^\| (\d+) \|", spec, re.MULTILINE)]


def unnamed_rows(rows: Iterable[str], text: str) -> list[str]:
    """The rows that a text names neither as `row_1` nor as `row 1`."""
    return [
        one
        for one in rows
        if not re.search(rf"(?<![A-Za-z0-9]){one.replace('_', '[_ ]')}(?!\d)", text)
    ]


def text_of_the_tests() -> str:
    found = (one for one in sources(TESTS) if not one.place.startswith(_ELSEWHERE))
    return "\n".join(one.text for one in found if "/test_" in one.place)


def test_every_id_of_the_specification_is_named_by_a_test() -> None:
    lost = unnamed(ids_of(SPEC.read_text(encoding="utf-8")), text_of_the_tests())
    if lost:
        pytest.fail(f"no test names {', '.join(lost)} of {SPEC.name}", pytrace=False)


def test_every_row_of_bad_input_is_named_by_a_test_that_sends_it() -> None:
    files = (one for one in sources(TESTS) if one.place.startswith("tests/bad_input/"))
    rows = rows_of(BAD_INPUT.read_text(encoding="utf-8"))
    lost = unnamed_rows(rows, "\n".join(one.text for one in files))
    assert 123 == len(rows)
    if lost:
        pytest.fail(f"no test names {', '.join(lost)} of {BAD_INPUT.name}", pytrace=False)


@pytest.mark.parametrize(
    ("text", "lost"),
    [("row_1_no_host", []), ("row 1", []), ("row_12", ["row_1"]), ("arrow_1", ["row_1"])],
)
def test_the_row_rule_takes_no_part_of_another_row(text: str, lost: list[str]) -> None:
    assert lost == unnamed_rows(["row_1"], text)


def test_the_id_rule_reads_every_row_of_a_table() -> None:
    spec = "| id | behaviour |\n|---|---|\n| ZZ1 | a |\n| ZZ15, 16 | b |\n| ZZ3, ZZ1 | c |\n"
    assert ["ZZ1", "ZZ15", "ZZ16", "ZZ3"] == ids_of(spec)


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("def test_zz1_is_kept(): ...", []),
        ('"""ZZ1: kept."""', []),
        ("def test_zz15_is_kept(): ...", ["ZZ1"]),
        ('"""AZZ1, ZZ10, zz1."""', ["ZZ1"]),
    ],
)
def test_the_id_rule_takes_no_part_of_another_id(text: str, lost: list[str]) -> None:
    assert lost == unnamed(["ZZ1"], text)

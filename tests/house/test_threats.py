"""docs/threats.md: every threat of the specification has its control, with tests that are there.

Why       A control that no test is named for may be gone tomorrow; a test that was renamed no
          longer says what it was named for.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache

import pytest

from tests.house.source import ROOT

PAGE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
THREATS = (ROOT / "docs" / "spec" / "threats.md").read_text(encoding="utf-8")
LISTED = (ROOT / "docs" / "spec" / "reliability.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
PLACE = re.compile(r"`([\w./]+\.(?:py|md|lock))`")
VERSION = re.compile(r"([a-z0-9-]+) (\d+(?:\.\d+)*)")


def rows_of(spec: str) -> list[str]:
    """Asset and attack of each row, as the headings of the page have them."""
    cells = [line.strip("|").split("|") for line in spec.splitlines() if line.startswith("| ")]
    return [f"{row[0].strip()}: {row[2].strip()}" for row in cells[1:]]


def sections_of(page: str) -> dict[str, str]:
    """Heading of a row -> what stands under it."""
    rows = page.partition("## Vulnerabilities")[0]
    return {it.partition("\n")[0]: it.partition("\n")[2] for it in rows.split("\n### ")[1:]}


def cves_in(spec: str) -> list[str]:
    """Every number of the list, `2020-7694/7695` written out."""
    line = spec.partition("CVEs to keep as regression tests:")[2].partition("\n")[0]
    found = re.findall(r"\b(20\d\d)-(\d{4,5})(?:/(\d{4,5}))?", line)
    return [f"CVE-{year}-{one}" for year, *numbers in found for one in numbers if one]


def advisories(page: str) -> dict[str, list[str]]:
    """CVE -> its other cells: fixed in, what it was, tests."""
    lines = [line for line in page.splitlines() if line.startswith("| CVE-")]
    cells = [[it.strip() for it in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in cells}


@cache
def named_in(place: str) -> frozenset[str]:
    """The names of a file's tests; none where there is no file."""
    path = ROOT / place
    if not path.is_file():
        return frozenset()
    found = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    functions = (it.name for it in found if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(it for it in functions if it.startswith("test_"))


def lost(text: str) -> list[str]:
    """Tests and files that are named and not there."""
    tests = [
        f"{place}::{name}" for place, name in TEST.findall(text) if name not in named_in(place)
    ]
    return tests + [it for it in PLACE.findall(text) if not (ROOT / it).is_file()]


def parts(version: str) -> tuple[int, ...]:
    found = [int(it) for it in re.findall(r"\d+", version)[:3]]
    return *found, *[0] * (3 - len(found))


def too_old() -> Iterator[str]:
    """Every version that we pin, or would be content with, below a fix."""
    lock = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", _text("requirements.lock"), re.MULTILINE))
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(it for extra in extras for it in extra)]
    bounds = dict(
        re.findall(r"^([a-z0-9-]+)(?:\[\w+\])?>=([\d.]+)", "\n".join(asked), re.MULTILINE)
    )
    for cve, (fixed, *_) in advisories(PAGE).items():
        named = VERSION.fullmatch(fixed)
        absent = fixed.removeprefix("not installed: ")
        if named is not None:
            name, least = named.groups()
            yield from (
                f"{cve}: {name} {found[name]} in {where}"
                for where, found in (("requirements.lock", lock), ("pyproject.toml", bounds))
                if name in found and parts(found[name]) < parts(least)
            )
        elif absent == fixed and not fixed.startswith("Not applicable: "):
            yield f"{cve}: {fixed!r} says neither a version nor why there is none"
        elif absent in lock:
            yield f"{cve}: {absent} is installed"


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_row_of_the_specification_is_on_the_page_in_its_order() -> None:
    assert rows_of(THREATS) == list(sections_of(PAGE))
    assert 28 == len(sections_of(PAGE))


def test_every_listed_cve_is_on_the_page_in_its_order() -> None:
    assert cves_in(LISTED) == list(advisories(PAGE))
    assert 24 == len(advisories(PAGE))


@pytest.mark.parametrize("row", sections_of(PAGE))
def test_every_row_names_where_it_is_held_and_by_which_tests(row: str) -> None:
    text = sections_of(PAGE)[row]
    assert ([], True, True) == (lost(text), bool(TEST.search(text)), "\nIn: `" in text)


@pytest.mark.parametrize("cve", advisories(PAGE))
def test_every_cve_names_the_tests_that_would_find_it_again(cve: str) -> None:
    cells = advisories(PAGE)[cve]
    assert (3, [], True) == (len(cells), lost(cells[-1]), bool(TEST.search(cells[-1])))


def test_no_version_is_below_a_fix() -> None:
    assert [] == list(too_old())


def test_the_rule_finds_what_is_not_there() -> None:
    here = "tests/house/test_threats.py"
    named = f"`{here}::test_no_version_is_below_a_fix` `{here}::test_x` `bff/x.py` `bff/cli.py`"
    assert [f"{here}::test_x", "bff/x.py"] == lost(named)


def test_the_list_is_read_with_all_its_shorthands() -> None:
    text = (
        "CVEs to keep as regression tests: a CVE-2023-28858/28859 (b 2023); c 2020-7694, 2021-1\n"
    )
    assert ["CVE-2023-28858", "CVE-2023-28859", "CVE-2020-7694"] == cves_in(text)

"""The page says what was measured, also what was missed and what could not be run."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import record
from tests.faults.bff import Figures
from tests.faults.catalog import catalog
from tests.faults.oracle import Outcome
from tests.faults.record import Facts, Ran
from tests.faults.report import PAGE, conditions, page, summary, unexplained
from tests.faults.row import Row, amid, at_most, counted, counts_of, leaks
from tests.faults.scenario import Scenario
from tests.faults.site import Site
from tests.faults.tape import Latency, Shot, Tape

MACHINE = "2 cores, Linux 6.1, Python 3.11.2"


async def nothing(_site: Site) -> list[Row]:
    return []


def made_up(name: str = "F0", *, when: str = "2026-11-21") -> Ran:
    scenario = Scenario(id=name, title="a fault", promise="nothing breaks", run=nothing)
    tape = Tape([Shot(0.0, 0.5, Outcome.OK), Shot(1.0, 0.5, Outcome.LOST, "no answer")])
    row = Row(
        id=name,
        title="a fault: of one kind",
        sent=2,
        counts=counts_of(tape),
        latency=tape.latency,
        checks=(
            counted("lost", 1, why="it was the first"),
            at_most("p99", 500.0, 20.0, unit="ms"),
            counted("wrong", 0),
        ),
        recovery_s=1.25,
        grown=Figures(0, 1, 1_024),
        notes=("seen once",),
    )
    facts = Facts(when=when, acts_s=(5.0, 10.0, 10.0), rate=100, seed=28, machine=MACHINE)
    return Ran(scenario=scenario, rows=[row], facts=facts, took_s=60)


@pytest.mark.parametrize(
    ("why", "check", "late_ms"),
    [
        ("the machine: the generator itself was late, 61.8 ms (p99)", ("p99 added", 160, 20), 61.8),
        ("", ("p99 added", 160, 20), 1.2),
        ("", ("p99 added", 16, 20), 61.8),
        ("", ("memory", 160, 20), 61.8),
    ],
)
def test_a_latency_is_the_machine_s_where_the_generator_was_late_itself(
    why: str, check: tuple[str, int, int], late_ms: float
) -> None:
    [told] = amid([at_most(*check)], Latency(1.0, late_ms, 200.0))
    assert why == told.why


def test_a_row_has_every_figure_and_how_much_was_missed() -> None:
    line = (
        "| F0 | a fault: of one kind | 2 | 1 | 0 | 0 | 1 | 0 | 500 / 500 / 500 | 1.25 |  "
        "| +0 / +1 / +1.0 | 2 missed |"
    )
    assert line in page([made_up()]).splitlines()


def test_every_promise_stands_with_its_figure() -> None:
    text = page([made_up()])
    assert "2 requests in 1 runs: **0 wrong**, 1 lost. 1 of 3 promises were kept; 2 were" in text
    assert "- lost: 1, **missed** (it was the first)" in text.splitlines()
    assert "- wrong: 0, kept" in text.splitlines()


def test_a_missed_promise_without_a_reason_is_named() -> None:
    """Issue 6: the table says by how much and why."""
    ran = [made_up()]
    assert ["F0 a fault: of one kind: p99: 500 ms (at most 20 ms)"] == unexplained(ran)
    assert "- p99: 500 ms (at most 20 ms), **missed** (not explained)" in page(ran).splitlines()
    assert summary(ran).endswith("by how much and why, but for 1 that are not explained.")


def test_a_scenario_may_say_why_after_the_run() -> None:
    ran = made_up()
    known = replace(ran, scenario=replace(ran.scenario, why={"p9": "two cores carry it all"}))
    line = "- p99: 500 ms (at most 20 ms), **missed** (two cores carry it all)"
    assert ([], True) == (unexplained([known]), line in page([known]).splitlines())


def test_what_could_not_be_run_says_why() -> None:
    lacking = Ran(scenario=made_up().scenario, why_not="there is no `unshare`")
    assert "not run: there is no `unshare` |" in page([lacking])


def test_what_was_measured_in_one_way_on_one_day_shares_a_line() -> None:
    older, both = made_up("F3", when="2026-11-01"), [made_up("F1"), made_up("F2")]
    how = (
        f"{MACHINE}; L = 100 requests a second; 5 s before, 10 s during and 10 s after each "
        "fault, unless its subject needs more; seed 28"
    )
    expected = [f"2026-11-01: {how}; 1 minutes: F3", f"2026-11-21: {how}; 2 minutes: F1, F2"]
    assert expected == list(conditions([*both, older]))


def test_a_leak_is_more_files_tasks_or_a_twentieth_more_memory() -> None:
    base, grown = Figures(10, 4, 200_000), Figures(11, 5, 210_001)
    assert [False, False, False] == [check.kept for check in leaks(base, grown)]
    assert [True, True, True] == [check.kept for check in leaks(base, base)]
    assert [True, True] == [it.kept for it in leaks(base, Figures(9, 5, 0), tasks=1, short=True)]


def test_a_later_run_replaces_its_own_scenarios_alone(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    first, other, again = made_up("F1"), made_up("F2"), made_up("F1", when="2026-12-24")
    for ran in ([first, other], [again]):
        record.keep(ran, path=path)
    scenarios = [it.scenario for it in (first, other, made_up("F3"))]
    found = record.kept(scenarios, path=path)
    assert ["2026-12-24", "2026-11-21", None] == [it.facts and it.facts.when for it in found]
    assert page([again, other]) == page(found[:2])
    assert record.NOT_YET == found[2].why_not


def test_the_page_is_what_was_kept_and_nobody_typed_it() -> None:
    if page(record.kept(catalog())) != PAGE.read_text(encoding="utf-8"):
        pytest.fail("python -m tests.faults --render writes it anew", pytrace=False)

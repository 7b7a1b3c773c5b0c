"""The page says what was measured, also what was missed and what could not be run."""

from tests.faults.bff import Figures
from tests.faults.oracle import Outcome
from tests.faults.report import Ran, page
from tests.faults.row import Row, at_most, counted, counts_of, leaks
from tests.faults.scenario import FULL, Scenario
from tests.faults.site import Site
from tests.faults.tape import Shot, Tape


async def nothing(_site: Site) -> list[Row]:
    return []


def made_up() -> Ran:
    scenario = Scenario(id="F0", title="a fault", promise="nothing breaks", run=nothing)
    tape = Tape([Shot(0.0, 0.5, Outcome.OK), Shot(1.0, 0.5, Outcome.LOST, "no answer")])
    row = Row(
        id="F0",
        title="a fault: of one kind",
        sent=2,
        counts=counts_of(tape),
        latency=tape.latency,
        checks=(counted("lost", 1), at_most("p99", 500.0, 20.0, unit="ms"), counted("wrong", 0)),
        recovery_s=1.25,
        base=Figures(10, 4, 50_000),
        left=Figures(10, 5, 51_024),
    )
    return Ran(scenario=scenario, rows=[row])


def test_a_row_has_every_figure_and_how_much_was_missed() -> None:
    line = (
        "| F0 | a fault: of one kind | 2 | 1 | 0 | 0 | 1 | 0 | 500 / 500 / 500 | 1.25 |  "
        "| +0 / +1 / +1.0 | 2 missed |"
    )
    assert line in page([made_up()], times=FULL, rate=100.0).splitlines()


def test_every_promise_stands_with_its_figure() -> None:
    text = page([made_up()], times=FULL, rate=100.0)
    assert "2 requests in 1 runs: **0 wrong**, 1 lost. 1 of 3 promises were kept; 2 were" in text
    assert "- p99: 500 ms (at most 20 ms), **missed**" in text.splitlines()
    assert "- wrong: 0, kept" in text.splitlines()
    assert "- L = 100 requests a second" in text.splitlines()


def test_what_could_not_be_run_says_why() -> None:
    lacking = Ran(scenario=made_up().scenario, why_not="there is no `unshare`")
    assert "not run: there is no `unshare` |" in page([lacking], times=FULL, rate=100.0)


def test_a_leak_is_more_files_tasks_or_a_twentieth_more_memory() -> None:
    base, grown = Figures(10, 4, 200_000), Figures(11, 5, 210_001)
    assert [False, False, False] == [check.kept for check in leaks(base, grown)]
    assert [True, True, True] == [check.kept for check in leaks(base, base)]
    assert [True, True] == [it.kept for it in leaks(base, Figures(9, 5, 0), tasks=1, short=True)]

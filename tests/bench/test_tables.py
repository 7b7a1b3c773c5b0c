"""What the report says of figures: cut ratios, promises kept and missed, gaps where nothing ran."""

import pytest

from bench.figures import Figure, Figures, figures_of
from bench.plot import svg
from bench.quick import line
from bench.servers import OURS_NATIVE
from bench.tables import (
    bounds,
    case_table,
    case_tables,
    growth_table,
    promises,
    startup_table,
    times,
)
from bench.whole import Growth, Results
from tests.bench.readings import reading


def figures(ours: int, *, peer: str = "FastAPI", errors: int = 0) -> Figures:
    """A run in which the peer answers 1,000 requests a second."""
    return figures_of([reading(peer), reading(OURS_NATIVE, requests=ours, errors=errors)])


def growth(rpcs: int, *, startup_s: float = 0.5, cpu_us: float = 20.0, errors: int = 0) -> Growth:
    figure = Figure(
        per_s=1.0,
        p50_us=1.0,
        p99_us=1.0,
        cpu_us=cpu_us,
        rss_mb=40.0,
        spread=0.0,
        errors=errors,
    )
    return Growth(rpcs=rpcs, services=1, addresses=1, startup_s=startup_s, figure=figure)


def results(*grown: Growth, late_us: float = 300.0, rss_mb: float = 45.0) -> Results:
    found = figures_of([reading(OURS_NATIVE, rss_mb=rss_mb)])
    return Results(figures=found, startup_s={}, late_us={OURS_NATIVE: late_us}, growth=grown)


@pytest.mark.parametrize(
    "shown, found", [("5.9x", 5.999), ("6.0x", 6.0), ("39x", 39.99), ("–", None)]
)
def test_a_ratio_is_never_rounded_up(shown, found):
    assert shown == times(found)


def row(table: str, *words: str) -> str:
    """The one line that holds all of these words."""
    (found,) = (one for one in table.splitlines() if all(word in one for word in words))
    return found


def test_a_promise_that_was_kept_says_so():
    found = row(promises(figures(6000)), "unary, 0.5 KB | native | FastAPI |")
    assert "| unary, 0.5 KB | native | FastAPI | >= 6x | 6.0x | kept |" == found


def test_a_promise_that_was_missed_by_a_hair_is_missed():
    found = row(promises(figures(5999)), "unary, 0.5 KB | native | FastAPI |")
    assert found.endswith("| 5.9x | missed |")


def test_a_promise_against_an_absent_peer_is_neither():
    found = row(promises(figures(6000)), "unary, 0.5 KB | native | Envoy")
    assert found.endswith("| – |  |")


@pytest.mark.parametrize("late_us, verdict", [(400.0, "kept"), (400.5, "missed")])
def test_added_latency_has_a_bound(late_us, verdict):
    assert row(bounds(results(late_us=late_us), OURS_NATIVE), "latency").endswith(f"{verdict} |")


@pytest.mark.parametrize("rss_mb, verdict", [(50.0, "kept"), (50.1, "missed")])
def test_memory_has_a_bound(rss_mb, verdict):
    assert row(bounds(results(rss_mb=rss_mb), OURS_NATIVE), "resident").endswith(f"{verdict} |")


@pytest.mark.parametrize("cpu_s, verdict", [(0.575, "kept"), (0.58, "missed")])
def test_a_view_costs_little_more_than_the_same_screen_by_hand(cpu_s, verdict):
    by_hand = reading(OURS_NATIVE, case="by-hand")
    view = reading(OURS_NATIVE, case="screen", cpu_s=cpu_s)
    found = Results(figures=figures_of([by_hand, view]), startup_s={}, late_us={}, growth=())
    assert row(bounds(found, OURS_NATIVE), "by hand").endswith(f"{verdict} |")


def test_the_slowest_start_with_a_thousand_rpcs_counts():
    found = bounds(
        results(growth(1_000), growth(1_000, startup_s=1.6), growth(10, startup_s=9.0)), OURS_NATIVE
    )
    assert "| start to first 200, 1000 rpcs | 1.5 s | 1.60 s | missed |" == row(found, "start")


@pytest.mark.parametrize("errors, verdict", [(0, "kept"), (1, "missed")])
def test_the_largest_contract_must_serve_without_an_error(errors, verdict):
    found = bounds(results(growth(10), growth(10_000, errors=errors)), OURS_NATIVE)
    assert row(found, "10000 rpcs").endswith(f"{verdict} |")


def test_a_case_shows_every_server_and_its_ratio():
    found = case_table(figures(2500), "unary-0.5k", 32, base="FastAPI")
    assert "| FastAPI | 1.0k | 1.0x | 100 | 200 | 500.0 | 40 | 0% |" == row(found, "| FastAPI |")
    assert "| ours, native | 2.5k | 2.5x | 100 | 200 | 200.0 | 40 | 0% |" == row(found, "ours")


def test_errors_are_shown_beside_the_figure_that_they_spoil():
    found = case_table(figures(2500, errors=7), "unary-0.5k", 32, base="FastAPI")
    assert row(found, "ours").endswith("| 0%, 7 errors |")


def test_cases_have_titles_in_the_order_in_which_they_ran():
    found = case_tables(
        figures_of([reading(case="screen"), reading(connections=1)]), base="FastAPI"
    )
    titles = [one for one in found.splitlines() if one.startswith("#")]
    assert ["### Three calls, 13 KB, c=32", "### Unary, 0.5 KB, c=1"] == titles


def test_start_up_is_shown_beside_memory():
    found = startup_table({"FastAPI": 0.456}, figures_of([reading(rss_mb=66.6)]))
    assert "| FastAPI | 0.46 | 67 |" == row(found, "FastAPI")


def test_growth_is_told_against_the_smallest_contract():
    found = growth_table([growth(10), growth(1_000, cpu_us=22.0)])
    assert row(found, "| 1000 |").endswith("| 22.0 | 1.10 |")


def test_what_was_not_run_is_said():
    assert "Not part of this run." == growth_table([])


def test_a_quick_look_is_one_line_with_the_peers_that_are_there():
    found = line(figures(1500), OURS_NATIVE)
    assert (
        "req/s of ours, native at c=32, in a quick look, against FastAPI: unary, 0.5 KB 1.5x"
        == found
    )


def test_the_plot_has_a_bar_for_each_server_and_skips_what_did_not_run():
    drawn = svg(figures(2500), ["unary-0.5k", "post"], connections=32, base="FastAPI")
    assert (2, 1) == (drawn.count("<rect x="), drawn.count('font-weight="bold"'))
    assert "2.5k/s  2.5x" in drawn


def test_the_longest_bar_of_a_panel_is_the_fastest_server():
    """428 units is what names and numbers leave; the other bar is 1000/2500 of it."""
    drawn = svg(figures(2500), ["unary-0.5k"], connections=32, base="FastAPI")
    assert ('width="171.2"' in drawn, 'width="428.0"' in drawn) == (True, True)

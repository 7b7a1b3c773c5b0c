"""Medians over rounds, and ratios that only compare what was measured together."""

from bench.figures import figures_of, ratio
from tests.bench.readings import reading

KEY = ("FastAPI", "unary-0.5k", 32)


def test_a_figure_is_the_median_of_its_rounds():
    """One bad round, or one lucky one, moves nothing."""
    figures = figures_of(reading(requests=count) for count in (1000, 10, 1100, 9000, 1050))
    assert 1050.0 == figures[KEY].per_s


def test_cpu_is_told_for_one_request():
    (figure,) = figures_of([reading(requests=2000, cpu_s=0.5)]).values()
    assert 250.0 == figure.cpu_us


def test_memory_is_the_most_that_was_seen():
    (figure,) = figures_of([reading(rss_mb=41.0), reading(rss_mb=55.0), reading()]).values()
    assert 55.0 == figure.rss_mb


def test_the_spread_says_how_far_rounds_lie_apart():
    (figure,) = figures_of(reading(requests=count) for count in (900, 1000, 1100)).values()
    assert 0.2 == figure.spread


def test_errors_of_all_rounds_count():
    (figure,) = figures_of([reading(errors=2), reading(errors=1), reading()]).values()
    assert 3 == figure.errors


def test_a_round_without_an_answer_is_no_crash():
    (figure,) = figures_of([reading(requests=0)]).values()
    assert (0.0, 0.0) == (figure.per_s, figure.spread)


def test_a_ratio_compares_one_case_at_one_number_of_connections():
    figures = figures_of(
        [
            reading(requests=100),
            reading(requests=5, connections=1),
            reading("ours, native", requests=650),
        ]
    )
    assert 6.5 == ratio(figures, ("ours, native", "unary-0.5k", 32), to="FastAPI")


def test_there_is_no_ratio_to_a_peer_that_is_not_here():
    figures = figures_of([reading("ours, native")])
    assert ratio(figures, ("ours, native", "unary-0.5k", 32), to="Envoy") is None
    assert ratio(figures, KEY, to="ours, native") is None

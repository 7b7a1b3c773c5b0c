"""Who is refused first, and when: by numbers, without a loop."""

import pytest

from bff.guard.limits.shedding import Beat, Shedding, SheddingOptions, limit_after, shed
from bff.terms.crowd import Crowd
from bff.terms.errors import ServiceSilent

OPTIONS = SheddingOptions(most=1_000, least=50, lag_ms=50)


@pytest.mark.parametrize(
    ("pressure", "served"),
    [
        (0, ["sheddable", "normal", "critical"]),
        (1, ["normal", "critical"]),
        (2, ["critical"]),
        (3, []),
    ],
)
def test_f15_what_can_wait_is_refused_first_and_what_is_critical_last(pressure, served):
    assert served == [one for one in ("sheddable", "normal", "critical") if _passes(one, pressure)]


def _passes(criticality, pressure: int) -> bool:
    try:
        shed(criticality, pressure)
    except ServiceSilent:
        return False
    return True


def test_the_refusal_says_when_to_come_back():
    with pytest.raises(ServiceSilent) as caught:
        shed("normal", 2)
    assert "overloaded" == caught.value.reason
    assert caught.value.retry_after_s is not None
    assert 0.0 <= caught.value.retry_after_s <= 2.0


def test_not_all_who_are_refused_come_back_at_once():
    waits_s = set()
    for _ in range(20):
        with pytest.raises(ServiceSilent) as caught:
            shed("normal", 2)
        waits_s.add(caught.value.retry_after_s)
    assert len(waits_s) > 10


@pytest.mark.parametrize(
    ("inside", "strained", "pressure"),
    [
        (59, 0, 0),
        (60, 0, 1),
        (89, 0, 1),
        (90, 0, 2),
        (99, 0, 2),
        (100, 0, 3),
        (0, 1, 1),
        (0, 2, 2),
        (60, 2, 2),
        (90, 1, 2),
    ],
)
def test_f15_the_fuller_the_fewer_classes_come_in(inside, strained, pressure):
    crowd = Crowd()
    crowd.allow(100)
    crowd.inside, crowd.strained = inside, strained
    assert pressure == crowd.pressure()


def test_a_crowd_without_a_limit_feels_no_pressure_of_its_own():
    crowd = Crowd()
    crowd.inside = 1_000_000
    assert 0 == crowd.pressure()


def test_of_the_smallest_limit_each_class_has_one():
    crowd = Crowd()
    crowd.allow(1)
    assert 0 == crowd.pressure()


@pytest.mark.parametrize(
    ("limit", "beat", "after"),
    [
        # it stands late: three quarters of those inside, never fewer than the least
        (1_000, Beat(inside=400, standing_s=0.06, entered=100, refused=0), 300),
        (100, Beat(inside=400, standing_s=0.06, entered=100, refused=0), 75),
        (60, Beat(inside=60, standing_s=0.06, entered=100, refused=0), 50),
        # few are inside: something else makes it late
        (1_000, Beat(inside=50, standing_s=0.5, entered=100, refused=0), 1_000),
        # it is in time: a tenth more, by 16 at least
        (300, Beat(inside=200, standing_s=0.05, entered=100, refused=0), 330),
        (50, Beat(inside=0, standing_s=0.0, entered=0, refused=0), 66),
        (990, Beat(inside=900, standing_s=0.0, entered=100, refused=0), 1_000),
        # it is late with refusing: to refuse more would help nobody
        (300, Beat(inside=300, standing_s=0.5, entered=10, refused=41), 300),
        (300, Beat(inside=300, standing_s=0.5, entered=10, refused=40), 225),
    ],
)
def test_the_limit_sinks_while_the_loop_stands_late_and_grows_again(limit, beat, after):
    assert after == round(limit_after(limit, beat, OPTIONS))


def test_one_late_turn_of_the_loop_is_no_queue():
    crowd = Crowd()
    shedding = Shedding(crowd, OPTIONS)
    crowd.inside = 400
    limits = []
    for lag_s in (0.0, 0.9, 0.0, 0.2, 0.3):
        shedding.beat(lag_s)
        limits.append(crowd.limit)
    assert [1_000, 1_000, 1_000, 1_000, 300] == limits


def test_f15_an_overload_is_over_five_seconds_after_it_ends():
    """Twenty beats: a limit of 64 grows until six times as many may be inside."""
    crowd = Crowd()
    shedding = Shedding(crowd, SheddingOptions())
    for _ in range(40):
        crowd.inside = crowd.limit
        crowd.entered += crowd.limit
        shedding.beat(0.2)
    deepest = crowd.limit
    for _ in range(20):
        crowd.inside = crowd.limit
        shedding.beat(0.0)
    assert (64, True) == (deepest, crowd.limit >= 6 * 64)


def test_a_limit_of_nothing_is_none():
    crowd = Crowd()
    shedding = Shedding(crowd, SheddingOptions(most=0))
    crowd.inside = 1_000_000
    shedding.beat(1.0)
    shedding.beat(1.0)
    assert 0 == crowd.pressure()

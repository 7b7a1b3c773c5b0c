"""How many calls of a service may be out, and how that is learnt."""

import pytest

from bff.calls.limiter import WINDOW, Learnt, Limiter, LimiterPolicy, rooms_of, updated

POLICY = LimiterPolicy(start=100, least=10, most=200)


@pytest.mark.parametrize(
    ("expected", "learnt", "latency_s", "out"),
    [
        # nothing known: the first sample is what is usual
        (100.0, Learnt(100.0), 0.010, 100),
        # as usual, and all room in use: a little more
        (100.8, Learnt(100.0, 0.010), 0.010, 100),
        # as usual, and hardly any in use: no reason to change
        (100.0, Learnt(100.0, 0.010), 0.010, 49),
        # slow, and hardly any in use: not our doing
        (100.0, Learnt(100.0, 0.010), 1.000, 49),
        # twice as slow, and all in use: they queue over there
        (95.8, Learnt(100.0, 0.100), 0.200, 100),
        # twice as slow, and no later than a busy loop of our own
        (100.8, Learnt(100.0, 0.001), 0.025, 100),
        # as if it stood still: half of the way at once
        (57.0, Learnt(100.0, 0.010), 1.000, 100),
        # never less than the least, nor more than the most
        (10.0, Learnt(10.0, 0.010), 1.000, 10),
        (200.0, Learnt(200.0, 0.010), 0.010, 200),
    ],
)
def test_latency_that_rises_with_all_room_in_use_takes_room(expected, learnt, latency_s, out):
    found = updated(learnt, POLICY, latency_s=latency_s, out=out).limit
    assert expected == round(found, 1)


def test_what_is_usual_follows_slowly_and_comes_back_quicker():
    slow = updated(Learnt(100.0, 0.010), POLICY, latency_s=0.020, out=0)
    fast = updated(Learnt(100.0, 0.100), POLICY, latency_s=0.010, out=0)
    assert (0.0102, 0.09329) == (round(slow.usual_s, 6), round(fast.usual_s, 6))


def test_a_service_that_drowns_is_asked_less_and_one_that_recovers_more():
    learnt = Learnt(100.0, 0.010)
    for _ in range(5):
        learnt = updated(learnt, POLICY, latency_s=0.200, out=int(learnt.limit))
    drowned = learnt.limit
    for _ in range(150):
        learnt = updated(learnt, POLICY, latency_s=0.010, out=int(learnt.limit))

    assert (True, True) == (drowned < 80.0, learnt.limit > 100.0)


def test_f15_a_queue_that_lasts_does_not_become_usual():
    """Or the limit would follow its own queue, up to the deadline."""
    learnt = Learnt(100.0, 0.100)
    for _ in range(200):
        latency_s = 0.100 * max(1.0, learnt.limit / 20)  # a service that works on 20 at a time
        learnt = updated(learnt, POLICY, latency_s=latency_s, out=int(learnt.limit))

    assert (True, True) == (learnt.usual_s < 0.120, 20 < learnt.limit < 45)


def test_f15_critical_calls_that_were_refused_take_room_from_the_others():
    limiter = Limiter(POLICY)
    limiter.out = 100
    before = dict(limiter.rooms)
    for _ in range(3):
        limiter.refused("critical")
        limiter.refused("normal")
    for _ in range(WINDOW):
        limiter.answered(0.010)
    during = dict(limiter.rooms)
    limiter.out = 0
    for _ in range(50 * WINDOW):
        limiter.answered(0.010)

    assert {"critical": 100, "normal": 90, "sheddable": 60} == before
    assert {"critical": 100, "normal": 87, "sheddable": 58} == during
    assert before == limiter.rooms


def test_critical_calls_find_room_when_others_do_not():
    assert {"critical": 100, "normal": 90, "sheddable": 60} == rooms_of(100.0)
    assert {"critical": 1, "normal": 1, "sheddable": 1} == rooms_of(1.0)


def test_it_learns_from_every_fifty_answers():
    limiter = Limiter(POLICY)
    limiter.out = 100
    for seconds in [0.010] * WINDOW + [1.0] * WINDOW:
        limiter.answered(seconds)

    assert (57, "<Limiter 100 out of 57>") == (limiter.rooms["critical"], repr(limiter))


def test_a_start_of_nothing_is_no_limit():
    limiter = Limiter(LimiterPolicy(start=0))
    for _ in range(2 * WINDOW):
        limiter.answered(1.0)
    assert limiter.rooms["sheddable"] > 1_000_000

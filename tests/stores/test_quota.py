"""What each rule lets through, and what it says is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.stores.quota import Quota, State, judge, judge_all

ALGORITHMS = ("gcra", "sliding", "fixed")


def taken(quota: Quota, *asked: tuple[float, int]) -> list[bool]:
    """Whether each (time, cost) was let through."""
    state: State = ()
    found = []
    for now_s, cost in asked:
        state, verdict = judge(quota, state, cost, now_s=now_s)
        found.append(verdict.allowed)
    return found


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_as_many_as_the_limit_are_let_through_at_once_and_no_more(algorithm):
    quota = Quota.of(algorithm, 10, 60.0)
    assert [True] * 10 + [False] * 5 == taken(quota, *[(120.0, 1)] * 15)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_request_may_cost_many(algorithm):
    quota = Quota.of(algorithm, 10, 60.0)
    assert [True, False, True, False] == taken(quota, (120, 7), (120, 4), (120, 3), (120, 1))


@pytest.mark.parametrize(
    "algorithm, at_s, allowed",
    [
        # ten taken in the middle of a window of 60 s, then one more each time
        ("gcra", [155.9, 156.0, 156.1, 162.0], [False, True, False, True]),
        ("fixed", [179.9, 180.0, 180.1], [False, True, True]),
        ("sliding", [179.9, 185.9, 186.0, 187.0, 192.0], [False, False, True, False, True]),
    ],
)
def test_what_was_taken_comes_back_as_the_rule_has_it(algorithm, at_s, allowed):
    quota = Quota.of(algorithm, 10, 60.0)
    assert [True, *allowed] == taken(quota, (150.0, 10), *[(one, 1) for one in at_s])


def test_a_burst_is_what_comes_at_once_and_the_rest_one_at_a_time():
    quota = Quota.of("gcra", 60, 60.0, burst=2)
    asked = [(100.0, 1)] * 3 + [(101.0, 1)] * 2
    assert [True, True, False, True, False] == taken(quota, *asked)


def test_a_fixed_window_lets_twice_the_limit_through_around_its_end_and_a_sliding_one_does_not():
    around = [(179.0, 10), (180.0, 10)]
    assert [True, True] == taken(Quota.of("fixed", 10, 60.0), *around)
    assert [True, False] == taken(Quota.of("sliding", 10, 60.0), *around)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_verdict_says_what_is_left(algorithm):
    quota, state, left = Quota.of(algorithm, 3, 60.0), (), []
    for _ in range(4):
        state, verdict = judge(quota, state, 1, now_s=120.0)
        left.append(verdict.remaining)
    assert [2, 1, 0, 0] == left


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_refusal_costs_nothing(algorithm):
    quota = Quota.of(algorithm, 3, 60.0)
    state, _ = judge(quota, (), 2, now_s=120.0)
    after, verdict = judge(quota, state, 2, now_s=120.0)
    assert (state, False, 1) == (after, verdict.allowed, verdict.remaining)


_ASKED = st.lists(st.tuples(st.floats(0.0, 20.0), st.integers(1, 5)), max_size=60)


@given(asked=_ASKED, algorithm=st.sampled_from(ALGORITHMS), limit=st.integers(5, 20))
def test_who_comes_back_when_told_to_is_let_in_and_not_before(asked, algorithm, limit):
    quota, state, now_s = Quota.of(algorithm, limit, 10.0), (), 1000.0
    for pause_s, cost in asked:
        now_s += pause_s
        state, verdict = judge(quota, state, cost, now_s=now_s)
        if verdict.allowed:
            assert 0.0 == verdict.retry_after_s
            continue
        early_s = now_s + verdict.retry_after_s * 0.99
        assert not judge(quota, state, cost, now_s=early_s)[1].allowed
        now_s += verdict.retry_after_s + 1e-6
        state, verdict = judge(quota, state, cost, now_s=now_s)
        assert verdict.allowed


@given(asked=_ASKED, limit=st.integers(5, 20))
def test_a_leaky_bucket_never_lets_more_through_than_a_burst_and_what_came_back(asked, limit):
    quota, state, now_s, let_in = Quota.of("gcra", limit, 10.0), (), 1000.0, 0
    for pause_s, cost in asked:
        now_s += pause_s
        state, verdict = judge(quota, state, cost, now_s=now_s)
        let_in += cost if verdict.allowed else 0
        assert let_in <= limit + (now_s - 1000.0) / quota.interval_s + 0.01


def test_of_several_charges_all_are_taken_or_none():
    wide, narrow = Quota.of("gcra", 10, 60.0), Quota.of("fixed", 1, 60.0)
    charges = [("wide", wide, 1), ("narrow", narrow, 1)]
    states, verdicts = judge_all(charges, [(), ()], now_s=120.0)
    assert [True, True] == [one.allowed for one in verdicts]
    assert states is not None
    none, refused = judge_all(charges, states, now_s=120.0)
    assert (None, [True, False]) == (none, [one.allowed for one in refused])
    assert 9 == refused[0].remaining

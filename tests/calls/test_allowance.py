"""How many extra calls a service may be asked."""

import pytest

from bff.calls.allowance import Allowance, Tally, allows, turned

FULL = Tally(100.0, tuple(range(10)), tuple(range(11)))


@pytest.mark.parametrize(
    ("expected", "tally"),
    [
        (True, Tally(0.0, extras=(99,))),
        (False, Tally(0.0, extras=(100,))),
        (True, Tally(0.0, calls=(1_000,), extras=(299,))),
        (False, Tally(0.0, calls=(1_000,), extras=(300,))),
        (False, Tally(0.0, calls=(500, 500), extras=(100, 200))),
    ],
)
def test_a_fifth_of_the_calls_and_ten_a_second_may_be_extra(expected, tally):
    assert expected == allows(tally, share=0.2, per_s=10.0)


@pytest.mark.parametrize(
    ("now_s", "expected"),
    [
        (100.9, FULL),
        (101.0, Tally(101.0, (0, *range(9)), (0, *range(10)))),
        (109.5, Tally(109.0, (0,) * 9 + (0,), (0,) * 9 + (0, 1))),
        (199.0, Tally(199.0, (0,) * 10, (0,) * 11)),
    ],
)
def test_what_is_older_than_ten_seconds_is_forgotten_and_extras_a_second_later(now_s, expected):
    assert expected == turned(FULL, now_s)


@pytest.mark.parametrize("begins_s", [5.0, 7.3, 9.99, 12.5])
def test_f23_no_ten_seconds_of_a_storm_have_more_than_their_share(begins_s):
    """Wherever within a second it begins: every second call fails, and is made again if it may."""
    now_s = 0.0
    allowance = Allowance(share=0.2, per_s=10.0, clock=lambda: now_s)
    extras_at_s = []
    for tick in range(3_000):
        now_s = tick / 100
        if now_s >= allowance.turns_at_s:
            allowance.turn()
        allowance.calls += 4
        if now_s >= begins_s:
            extras_at_s += [now_s] * sum(allowance.spend() for _ in range(2))

    most = max(sum(at <= it < at + 10.0 for it in extras_at_s) for at in extras_at_s)
    assert 850 < most <= 0.2 * 4_000 + 100


def test_a_busy_hour_does_not_pay_for_the_storm_after_it():
    now = [0.0]
    allowance = Allowance(share=0.2, clock=lambda: now[0])
    allowance.calls += 1_000_000
    now[0] = 3_600.0
    allowance.turn()
    allowance.calls += 50

    assert [True] * 10 + [False] * 5 == [allowance.spend() for _ in range(15)]
    assert "<Allowance 10 extra for 50 calls>" == repr(allowance)

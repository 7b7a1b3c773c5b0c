"""How many extra calls a service may be asked."""

import pytest

from bff.calls.allowance import Allowance, Tally, allows, turned


@pytest.mark.parametrize(
    ("expected", "tally"),
    [
        (True, Tally(0.0, calls=0, extras=99)),
        (False, Tally(0.0, calls=0, extras=100)),
        (True, Tally(0.0, calls=1_000, extras=299)),
        (False, Tally(0.0, calls=1_000, extras=300)),
        (False, Tally(0.0, calls=500, extras=100, calls_before=500, extras_before=200)),
    ],
)
def test_a_fifth_of_the_calls_and_ten_a_second_may_be_extra(expected, tally):
    assert expected == allows(tally, share=0.2, per_s=10.0)


@pytest.mark.parametrize(
    ("now_s", "expected"),
    [
        (104.9, Tally(100.0, 8, 1, 4, 2)),
        (105.0, Tally(105.0, 0, 0, 8, 1)),
        (110.0, Tally(110.0)),
    ],
)
def test_what_is_older_than_ten_seconds_is_forgotten(now_s, expected):
    assert expected == turned(Tally(100.0, 8, 1, 4, 2), now_s)


def test_a_busy_hour_does_not_pay_for_the_storm_after_it():
    now = [0.0]
    allowance = Allowance(share=0.2, clock=lambda: now[0])
    allowance.calls += 1_000_000
    now[0] = 3_600.0
    allowance.turn()
    allowance.calls += 50

    assert [True] * 10 + [False] * 5 == [allowance.spend() for _ in range(15)]
    assert "<Allowance 10 extra for 50 calls>" == repr(allowance)

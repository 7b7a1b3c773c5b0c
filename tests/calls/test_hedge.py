"""The estimate of what nineteen of twenty answers take."""

from random import Random

from bff.calls.hedge import observed_s


def test_one_answer_of_twenty_takes_longer_than_the_estimate():
    """Of latencies spread evenly over a second, 0.95 s is what nineteen of twenty take."""
    random, p95_s = Random(7), 0.0
    for _ in range(3_000):
        p95_s = observed_s(p95_s, random.random())
    above = 0
    for _ in range(10_000):
        elapsed_s = random.random()
        above += elapsed_s > p95_s
        p95_s = observed_s(p95_s, elapsed_s)

    assert 0.04 < above / 10_000 < 0.06


def test_the_estimate_follows_a_service_that_gets_slow_within_a_hundred_answers():
    p95_s = 0.001
    for _ in range(100):
        p95_s = observed_s(p95_s, 0.5)
    assert 0.5 <= p95_s < 0.6

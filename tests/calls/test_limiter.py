"""How many calls of a service may be out, and how that is learnt."""

from heapq import heappop, heappush

import pytest

from bff.calls.limiter import WINDOW, Learnt, Limiter, LimiterPolicy, updated

POLICY = LimiterPolicy(start=100, least=10, most=200)


@pytest.mark.parametrize(
    ("expected", "learnt", "latency_s", "out"),
    [
        # nothing known: the first sample is what is usual
        (100.0, Learnt(100.0), 0.010, 100),
        # as usual, and all room in use: a quarter more
        (125.0, Learnt(100.0, 0.010), 0.010, 100),
        (125.0, Learnt(100.0, 0.100), 0.124, 45),
        # not as usual any more, and no queue: hardly more
        (100.8, Learnt(100.0, 0.100), 0.130, 100),
        # twice as slow, and all in use: they queue over there
        (95.8, Learnt(100.0, 0.100), 0.200, 100),
        # twice as slow, and no later than a busy loop of our own
        (100.8, Learnt(100.0, 0.001), 0.025, 100),
        # as if it stood still: half of the way at once
        (57.0, Learnt(100.0, 0.010), 1.000, 100),
        # little in use: step by step down to three times as many
        (90.0, Learnt(100.0, 0.100), 0.100, 20),
        (60.0, Learnt(65.0, 0.100), 0.100, 20),
        # or to what comes in a quarter of a second: 40 at 10 ms each are 1,000
        (100.0, Learnt(100.0, 0.010), 0.010, 40),
        # slow, and little in use: not our doing, but no proof either
        (90.0, Learnt(100.0, 0.010), 1.000, 20),
        # less than that is not raised for want of use
        (100.0, Learnt(100.0, 0.100), 0.100, 44),
        # never less than the least, nor more than the most
        (10.0, Learnt(10.0, 0.010), 1.000, 10),
        (10.0, Learnt(10.5, 0.100), 0.100, 1),
        (200.0, Learnt(200.0, 0.010), 0.010, 200),
    ],
)
def test_the_limit_follows_latency_and_what_is_in_use(expected, learnt, latency_s, out):
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
    for _ in range(10):
        learnt = updated(learnt, POLICY, latency_s=0.010, out=int(learnt.limit))

    assert (True, True) == (drowned < 80.0, learnt.limit > 100.0)


def test_f15_a_queue_that_lasts_does_not_become_usual():
    """Or the limit would follow its own queue, up to the deadline."""
    learnt = Learnt(100.0, 0.100)
    for _ in range(200):
        latency_s = 0.100 * max(1.0, learnt.limit / 20)  # a service that works on 20 at a time
        learnt = updated(learnt, POLICY, latency_s=latency_s, out=int(learnt.limit))

    assert (True, True) == (learnt.usual_s < 0.120, 20 < learnt.limit < 45)


class Kitchen:
    """A service of twenty cooks, each meal a tenth of a second, and the waiters in front of it."""

    def __init__(self) -> None:
        self.limiter = Limiter(LimiterPolicy())
        self.cooks_free_s = [0.0] * 20
        self.meals: list[tuple[float, float]] = []

    def serve(self, per_s: int, *, since_s: float, seconds: int) -> list[tuple[str, float | None]]:
        """What became of each order: its class, and its latency or None for a refusal."""
        told: list[tuple[str, float | None]] = []
        for number in range(per_s * seconds):
            now_s = since_s + number / per_s
            self._end_meals(now_s)
            kind = "critical" if number % 10 == 0 else "sheddable" if number % 2 else "normal"
            if self.limiter.out >= self.limiter.rooms[kind]:
                told.append((kind, None))
                continue
            self.limiter.out += 1
            done_s = max(now_s, heappop(self.cooks_free_s)) + 0.1
            heappush(self.cooks_free_s, done_s)
            heappush(self.meals, (done_s, done_s - now_s))
            told.append((kind, done_s - now_s))
        return told

    def _end_meals(self, now_s: float) -> None:
        while self.meals and self.meals[0][0] <= now_s:
            self.limiter.out -= 1
            self.limiter.answered(heappop(self.meals)[1])


@pytest.mark.parametrize("times", [2, 5, 10])
def test_f15_an_overload_out_of_the_blue_is_answered_in_time_or_refused(times):
    """L is three fifths of what they can cook: 120 orders a second, here for twenty seconds."""
    kitchen = Kitchen()
    kitchen.serve(120, since_s=0.0, seconds=20)
    told = kitchen.serve(times * 120, since_s=20.0, seconds=10)

    latencies_s = sorted(it for _, it in told if it is not None)
    refused = [kind for kind, latency_s in told if latency_s is None]
    p99_s = latencies_s[len(latencies_s) * 99 // 100]
    assert (True, True, 0) == (
        p99_s <= 0.2,
        len(latencies_s) >= 0.98 * 10 * 200,
        refused.count("critical"),
    )


def test_a_service_that_can_take_it_is_soon_asked_ten_times_as_much():
    """Answers as usual with all room in use: a quarter more for every fifty of them."""
    learnt = Learnt(32.0, 0.100)
    for _ in range(11):
        learnt = updated(learnt, LimiterPolicy(), latency_s=0.100, out=int(learnt.limit * 0.7))
    assert learnt.limit > 320


def test_f25_what_comes_after_a_pause_of_our_own_finds_room():
    """A thousand calls a second, 10 ms each: after a fifth of a second 200 come at once."""
    learnt = Learnt(200.0, 0.010)
    for _ in range(200):
        learnt = updated(learnt, LimiterPolicy(), latency_s=0.010, out=10)
    assert 200 == learnt.limit


def test_it_learns_from_every_fifty_answers():
    limiter = Limiter(POLICY)
    limiter.out = 100
    for seconds in [0.010] * WINDOW + [1.0] * WINDOW:
        limiter.answered(seconds)

    assert ("<Limiter 100 out of 57>", {"critical": 57, "normal": 39, "sheddable": 34}) == (
        repr(limiter),
        limiter.rooms,
    )


def test_what_counts_as_in_use_is_the_most_that_was_out_while_the_answers_came():
    limiter = Limiter(POLICY)
    for out in [0] * WINDOW + [99] + [0] * (WINDOW - 1):
        limiter.out = out
        limiter.answered(0.010)
    assert 125 == limiter.rooms["critical"]


def test_a_start_of_nothing_is_no_limit():
    limiter = Limiter(LimiterPolicy(start=0))
    for _ in range(2 * WINDOW):
        limiter.answered(1.0)
    assert limiter.rooms["sheddable"] > 1_000_000

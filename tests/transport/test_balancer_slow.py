"""Which replica gets the next call where one is slower: by numbers, with a clock that is set."""

from types import SimpleNamespace
from typing import Any

import pytest

from bff.terms.deadline import Deadline
from bff.terms.silence import LATE, silence
from bff.transport.balancer_replica import Replica
from bff.transport.balancer_roster import Roster
from bff.transport.http2.address import places_of
from bff.transport.http2.stream import Stream


class Pair:
    """Two replicas that are fit for calls; the first is the one that chance draws first."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.roster = Roster(lambda: 0.0)
        self.roster.fit = [self._replica(name) for name in ("a:1", "b:1")]
        self.a, self.b = self.roster.fit

    def _replica(self, name: str) -> Replica:
        def pool(_address: object) -> Any:
            return SimpleNamespace(load=0, is_ready=True, calls=0)

        bench: Any = SimpleNamespace(suspect=lambda _: None, tried=lambda _, **__: None)
        (address,) = places_of(name)
        return Replica(address, bench, pool, clock=lambda: self.now_s)

    def call(self, took_s: float) -> Stream:
        """One that was given out so long ago."""
        stream = Stream("/a.B/C", fields=b"", deadline=Deadline(self.now_s + 9))
        stream.request = b""
        stream.began_s = self.now_s - took_s
        return stream

    def answer(self, replica: Replica, took_s: float) -> None:
        replica.well(self.call(took_s))

    @property
    def next(self) -> str:
        return "a" if self.roster.fittest() is self.a else "b"


@pytest.fixture
def pair() -> Pair:
    return Pair()


@pytest.mark.parametrize(
    ("a_s", "b_s", "a_has", "b_has", "chosen"),
    [
        (0.002, 0.002, 0, 0, "a"),
        (0.002, 0.002, 1, 0, "b"),
        (0.020, 0.002, 0, 0, "a"),  # so little may be chance
        (0.100, 0.002, 0, 0, "b"),
        (0.002, 0.100, 1, 0, "a"),
        (0.100, 0.002, 0, 49, "b"),  # fifty calls of 2 ms are done as soon as one of 100
        (0.100, 0.002, 0, 50, "a"),
        (1.000, 0.000, 0, 0, "a"),  # of whom nothing is known nobody is slower
    ],
)
def test_a_call_goes_to_the_quicker_one_unless_it_has_too_much_to_do(
    pair, a_s, b_s, a_has, b_has, chosen
):
    for replica, took_s, has in ((pair.a, a_s, a_has), (pair.b, b_s, b_has)):
        if took_s:
            pair.answer(replica, took_s)
        replica.pool.load = has
    assert chosen == pair.next


def test_who_was_slow_is_tried_again_after_a_while_and_comes_back_with_a_quick_answer(pair):
    pair.answer(pair.a, 0.1)
    pair.answer(pair.b, 0.002)
    pair.b.pool.load = 1
    chosen = []
    for _ in range(6):
        chosen.append(pair.next)
        pair.now_s += 1.5
        pair.answer(pair.b, 0.002)
    pair.answer(pair.a, 0.002)
    assert (["b", "b", "b", "b", "b", "a"], "a") == (chosen, pair.next)


def test_one_hiccup_is_no_slowness(pair):
    for replica in (pair.a, pair.b):
        pair.answer(replica, 0.0005)
    pair.answer(pair.a, 3.0)
    after_one = pair.next
    pair.answer(pair.a, 3.0)
    assert ("a", "b") == (after_one, pair.next)


def test_calls_that_lost_their_race_show_who_is_slow(pair):
    """Each was given up after 5 ms, for the other was quicker; nobody knows what it would take."""
    for replica in (pair.a, pair.b):
        pair.answer(replica, 0.002)
    lost = 0
    while pair.next == "a":
        pair.a.given_up(pair.call(0.005))
        lost += 1
    assert lost <= 3


def test_a_call_that_was_given_up_early_says_nothing(pair):
    pair.answer(pair.a, 0.02)
    before_s = pair.a.latency_s
    pair.now_s += 1.0
    pair.a.given_up(pair.call(0.0))
    assert before_s == pair.a.latency_s


def test_a_deadline_that_passed_counts_for_the_time_it_gave(pair):
    pair.answer(pair.a, 0.002)
    before_s = pair.a.latency_s
    pair.a.failed(pair.call(2.0), silence(LATE))
    assert pair.a.latency_s > 5 * before_s


def test_how_long_a_stream_lasts_says_nothing(pair):
    stream = pair.call(60.0)
    stream.request = None
    pair.a.well(stream)
    pair.a.given_up(stream)
    assert 0.0 == pair.a.latency_s

"""Memory is handed back in each rest, once, and only where there is some to hand back."""

from bff.telemetry.tidying import QUIET_BEATS, Tidying
from bff.terms.crowd import Crowd

MIB = 1 << 20


class House:
    """A process with 50 MiB of its own, and what peaks have left."""

    def __init__(self) -> None:
        self.crowd = Crowd()
        self.left_bytes = self.trimmed = 0
        self.tidying = Tidying(
            self.crowd, resident_bytes=lambda: 50 * MIB + self.left_bytes, give_back=self._trim
        )

    def _trim(self) -> None:
        self.trimmed += 1
        self.left_bytes = 0

    def peak(self) -> None:
        self.crowd.entered += 1
        self.left_bytes = 10 * MIB

    def beat(self, times: int = QUIET_BEATS) -> None:
        for _ in range(times):
            self.tidying.beat()


def test_memory_is_handed_back_in_a_rest_and_once():
    house = House()
    house.beat(12)
    house.peak()
    house.beat(12)
    assert (2, 0) == (house.trimmed, house.left_bytes), "at its begin, and after the peak"


def test_no_request_meets_it():
    """One comes at each beat, or one is inside all the time."""
    coming, staying = House(), House()
    for _ in range(10):
        coming.peak()
        coming.beat(1)
    staying.crowd.inside = 1
    staying.beat(10)
    assert (0, 0) == (coming.trimmed, staying.trimmed)


def test_a_rest_after_which_there_is_no_more_than_before_costs_nothing():
    house = House()
    house.beat()
    house.crowd.entered += 1
    house.beat(10)
    assert 1 == house.trimmed


def test_this_process_knows_what_it_has():
    seen: list[bool] = []
    tidying = Tidying(Crowd(), give_back=lambda: seen.append(True))
    for _ in range(QUIET_BEATS):
        tidying.beat()
    assert [True] == seen

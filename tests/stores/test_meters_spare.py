"""F19: what counts while the shared meters are away."""

from collections.abc import Sequence

import pytest

from bff.stores.meters import MemoryMeters
from bff.stores.meters_spare import SpareMeters
from bff.stores.quota import Charge, Quota, Verdict
from bff.stores.records import StoreUnreachable

ONE = [("key", Quota.of("gcra", 1, 60.0), 1)]
FAR = Verdict(True, 77, 1.0)


class Shared:
    """Meters elsewhere: they answer, or not; `reachable` is what their client knows of it."""

    def __init__(self) -> None:
        self.answers = self.reachable = True
        self.asked = 0

    async def take(self, charges: Sequence[Charge]) -> tuple[Verdict, ...]:
        self.asked += 1
        if not self.answers:
            raise StoreUnreachable("refused")
        return (FAR,)


@pytest.fixture
def shared() -> Shared:
    return Shared()


@pytest.fixture
def meters(shared: Shared) -> SpareMeters:
    return SpareMeters(shared, MemoryMeters(clock=lambda: 100.0))  # type: ignore[arg-type]


async def take(meters: SpareMeters) -> Verdict:
    taken = meters.take(ONE)
    return (taken if isinstance(taken, tuple) else await taken)[0]


async def test_the_shared_meters_are_asked_while_they_answer(shared, meters):
    assert (FAR, 1, True) == (await take(meters), shared.asked, meters.waits)


async def test_who_gets_no_answer_is_counted_here_and_the_limit_still_holds(shared, meters):
    shared.answers = False
    found = [await take(meters), await take(meters)]
    assert [True, False] == [one.allowed for one in found]


async def test_what_is_known_to_be_lost_is_not_asked_and_nobody_waits(shared, meters):
    shared.reachable = False
    taken = meters.take(ONE)
    assert isinstance(taken, tuple)
    assert (0, False) == (shared.asked, meters.waits)


async def test_when_it_is_back_all_count_there_again(shared, meters):
    shared.answers = shared.reachable = False
    await take(meters)
    shared.answers = shared.reachable = True
    assert [FAR, FAR] == [await take(meters), await take(meters)]

"""When a server is ready: once it has begun, by its own state alone."""

import pytest

from bff.terms.closing import Closing
from bff.terms.process import Beginning, Process

WELL, ILL = True, False


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([(0.0, WELL)], [""]),
        ([(0.0, ILL), (9.9, ILL), (10.0, ILL)], ["starting", "starting", ""]),
        ([(0.0, ILL), (1.0, WELL), (2.0, ILL)], ["starting", "", ""]),
        ([(30.0, ILL)], [""]),
    ],
)
def test_a_server_begins_until_all_was_well_once_or_ten_seconds_have_passed(
    asked: list[tuple[float, bool]], said: list[str]
) -> None:
    """A soft part's outage would take every server out of a load balancer, and the site down."""
    now_s = [0.0]
    process = Process(beginning=Beginning(clock=lambda: now_s[-1]))
    told = []
    for time_s, well in asked:
        now_s.append(time_s)
        told.append(process.unready(well=well))
    assert said == told


def test_its_own_state_makes_it_unready_whenever_that_is() -> None:
    closing, ailments = Closing(), ["starved"]
    process = Process(closing=closing, ailment=lambda: ailments[0])
    assert "starved" == process.unready(well=True)
    closing.announce()
    assert "shutting down" == process.unready(well=True)

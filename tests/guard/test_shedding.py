"""Who is refused first."""

import pytest

from bff.guard.shedding import shed
from bff.terms.errors import ServiceSilent


@pytest.mark.parametrize(
    ("pressure", "served"),
    [
        (0, ["sheddable", "normal", "critical"]),
        (1, ["normal", "critical"]),
        (2, ["critical"]),
    ],
)
def test_f15_what_can_wait_is_refused_first_and_what_is_critical_never(pressure, served):
    assert served == [one for one in ("sheddable", "normal", "critical") if _passes(one, pressure)]


def _passes(criticality, pressure: int) -> bool:
    try:
        shed(criticality, pressure)
    except ServiceSilent:
        return False
    return True


def test_the_refusal_says_when_to_come_back():
    with pytest.raises(ServiceSilent) as caught:
        shed("normal", 2)
    assert "overloaded" == caught.value.reason
    assert caught.value.retry_after_s is not None
    assert 1.0 <= caught.value.retry_after_s <= 4.0

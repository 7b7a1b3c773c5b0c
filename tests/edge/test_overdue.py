"""How long a connection may keep us waiting."""

import pytest

from bff.edge.http1.overdue import ConnectionOptions, Waits, overdue
from bff.terms.mistakes import ContractMistake

OPTIONS = ConnectionOptions()


@pytest.mark.parametrize(
    ("waits", "now_s", "late"),
    [
        (Waits(), 1e9, ""),
        (Waits(head_since_s=0.0), 10.0, ""),
        (Waits(head_since_s=0.0), 10.1, "silent"),
        (Waits(head_since_s=0.0, began=True), 10.1, "head"),
        (Waits(body_since_s=0.0, body_bytes=0), 10.0, ""),
        (Waits(body_since_s=0.0, body_bytes=0), 10.1, "body"),
        (Waits(body_since_s=0.0, body_bytes=5 * 1_024), 14.9, ""),
        (Waits(body_since_s=0.0, body_bytes=5 * 1_024), 15.1, "body"),
        (Waits(body_since_s=0.0, body_bytes=1 << 30), 30.0, ""),
        (Waits(body_since_s=0.0, body_bytes=1 << 30), 30.1, "body"),
        (Waits(stuck_since_s=0.0), 30.0, ""),
        (Waits(stuck_since_s=0.0), 30.1, "write"),
        (Waits(idle_since_s=0.0), 75.0, ""),
        (Waits(idle_since_s=0.0), 75.1, "idle"),
        (Waits(idle_since_s=0.0, stuck_since_s=46.0), 76.1, "write"),
        (Waits(parting_since_s=0.0), 2.1, "parting"),
    ],
)
def test_each_wait_has_an_end(waits, now_s, late):
    assert late == overdue(waits, now_s, OPTIONS)


@pytest.mark.parametrize("name", ["head_s", "per_address", "line_bytes"])
def test_a_limit_that_nothing_could_keep_is_a_mistake(name):
    with pytest.raises(ContractMistake, match="must be more than 0") as caught:
        ConnectionOptions(**{name: 0})
    assert f"connections.{name}" == caught.value.where

"""F1 to F6, F10 to F12, F15, F17, F18, F23, each once: what holds on any machine."""

from pathlib import Path

import pytest

from tests.faults.network import NETWORK
from tests.faults.run import broken, run_short
from tests.faults.scenario import Impossible, Scenario


@pytest.mark.parametrize("scenario", [it for it in NETWORK if it.tested], ids=lambda it: it.id)
async def test_promises_are_kept(scenario: Scenario, tmp_path: Path) -> None:
    """Nothing is wrong, what may not be lost is not, nothing is left behind."""
    try:
        rows = await run_short(scenario, tmp_path)
    except Impossible as lacking:
        pytest.skip(str(lacking))
    assert rows
    assert [] == broken(rows)

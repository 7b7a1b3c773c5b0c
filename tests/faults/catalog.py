"""Every scenario there is, in the plan's order.

Called by __main__.py, the tests beside it.
"""

import re

from tests.faults.hostile import HOSTILE
from tests.faults.network import NETWORK
from tests.faults.scenario import Scenario


def catalog() -> tuple[Scenario, ...]:
    return tuple(sorted((*NETWORK, *HOSTILE), key=lambda it: _order(it.id)))


def chosen(names: str, scenarios: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
    """Those that are named, such as "F1,F4b"; all for "". Raises ValueError for an unknown one."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if not any(_is_named(scenario, name) for scenario in scenarios):
            known = ", ".join(scenario.id for scenario in scenarios)
            raise ValueError(f"no scenario {name!r}; there are {known}")
    found = (it for it in scenarios if any(_is_named(it, name) for name in wanted))
    return tuple(found) if wanted else scenarios


def _is_named(scenario: Scenario, name: str) -> bool:
    return name in (scenario.id, scenario.id.rstrip("abcdefgh"))


def _order(name: str) -> tuple[int, str]:
    """
    >>> sorted(["F10", "F2", "F1b"], key=_order)
    ['F1b', 'F2', 'F10']
    """
    number = re.search(r"\d+", name)
    return int(number[0]) if number else 0, name

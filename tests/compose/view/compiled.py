"""Views of a test, compiled against the demo's contract; and what is wrong with others.

Called by this folder's tests of the language.
"""

from typing import Any

import pytest

from bff.compose.view import Fragment
from bff.compose.view.compiling.views import compile_views
from bff.compose.view.plan import Plan, Step
from bff.contract.catalog import Catalog
from bff.terms.mistakes import ContractMistake, ContractMistakes
from tests.compose.panel import catalog


def plan_of(view: type[Fragment]) -> Plan:
    [plan] = compile_views([view], catalog())
    return plan


def steps(plan: Plan) -> dict[str, Step]:
    return {one.name: one for one in plan.steps}


def shown(plan: Plan) -> dict[str, Any]:
    return {one.name: one.show for one in plan.members}


def told(*views: type[Fragment], contract: Catalog | None = None) -> list[ContractMistake]:
    with pytest.raises(ContractMistakes) as caught:
        compile_views(views, contract or catalog())
    return [one for one in caught.value.exceptions if isinstance(one, ContractMistake)]

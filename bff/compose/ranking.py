"""Give endpoints the criticality that the operator chose for them.

Called by app at boot.
Never     accepts a name that nothing is served by: a typing mistake would go unseen until the day
          it matters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bff.compose.endpoint import Endpoint
from bff.terms.criticality import Criticality
from bff.terms.mistakes import ContractMistake, ContractMistakes

TRANSCODED = "api"


def ranked(endpoints: Sequence[Endpoint], chosen: Mapping[str, Criticality]) -> list[Endpoint]:
    """The endpoints with their criticality.

    chosen  by "pkg.Service/Method" for its routes, by operation id for screens
    Raises  ContractMistakes that name every unknown one
    """
    found = [replace(one, criticality=chosen.get(_name(one), "normal")) for one in endpoints]
    unknown = sorted(chosen.keys() - {_name(one) for one in endpoints})
    if unknown:
        raise ContractMistakes.of(
            [
                ContractMistake("nothing is served by this name", where=f'criticality."{name}"')
                for name in unknown
            ]
        )
    return found


def _name(endpoint: Endpoint) -> str:
    is_one_rpc = endpoint.client == TRANSCODED and len(endpoint.calls) == 1
    return endpoint.calls[0] if is_one_rpc else endpoint.name

"""What a service team says about who may call its rpc: the option (bff.v1.access).

Called by compose/transcode.py, once per served rpc at boot.
Never     lets a proto name Python code: a served contract may come from elsewhere.
Source    protos/bff/v1/options.proto; bff/terms/access.py has the words.
"""

from bff.contract.catalog import Catalog, RpcMethod
from bff.terms.access import Access, access_of
from bff.terms.mistakes import ContractMistake


def access_option(
    catalog: Catalog, rpc: RpcMethod, mistakes: list[ContractMistake]
) -> Access | None:
    """The policy, None where the proto says nothing; what is wrong goes into `mistakes`."""
    method = catalog.pool.FindMethodByName(rpc.name.replace("/", "."))
    said = catalog.options.value(method, "bff.v1.access")
    if said is None:
        return None
    try:
        return access_of(str(said), where=rpc.declared_at or rpc.name)
    except ContractMistake as mistake:
        mistakes.append(ContractMistake(f"(bff.v1.access): {mistake.what}", where=str(rpc)))
        return None

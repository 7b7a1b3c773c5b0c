"""The policy of each endpoint as it is asked at the gate: whose word holds, and where values are.

Why       A policy is declared in words, by people who do not know at which place of a path a value
          stands. What can be looked up at boot is looked up here, so that the gate only compares.
Order     the config's word for the rpc or the screen, for its service, for its client; then the
          view's or the proto's; then the default.
Called by app at boot, with every endpoint.
Never     accepts a name that nothing is served by, or a value that it can't see at the gate: either
          would leave a door open that somebody believes shut.
Source    docs/access.md; docs/spec/threats.md "object ownership", "function rights".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module

from bff.compose.endpoint import Answer, Ask, Endpoint, Run, Streamed
from bff.terms.access import Access, Bound, Demand, Function, access_of, check_function
from bff.terms.context import RequestContext
from bff.terms.mistakes import ContractMistake, ContractMistakes, raise_any

TRANSCODED = "api"
DEFAULT = "default"
"""The config's word for rpcs of which nobody has said anything."""
CLIENTS = frozenset({TRANSCODED, "web", "desktop", "mobile", "public"})


def admitting(endpoints: Sequence[Endpoint], chosen: Mapping[str, str]) -> list[Endpoint]:
    """The endpoints with the policies that hold for them.

    chosen  by "pkg.Service/Method" or operation id, "pkg.Service", or client; `default` is no name
            of an endpoint, and has been heeded already
    Raises  ContractMistakes that name every policy and every name at fault
    """
    mistakes: list[ContractMistake] = []
    policies = _policies(chosen, mistakes)
    unknown = policies.keys() - CLIENTS - {name for one in endpoints for name in _names(one)}
    for name in sorted(unknown):
        where = f'access."{name}"'
        mistakes.append(ContractMistake("nothing is served by this name", where=where))
    found = [_admitting(one, policies, mistakes) for one in endpoints]
    raise_any(mistakes)
    return found


def default_access(text: str) -> Access | None:
    """What `[access] default` says; None for "", where everybody must say it themselves.

    Raises ContractMistakes
    """
    if not text:
        return None
    try:
        return access_of(text, where="default", code=True)
    except ContractMistake as mistake:
        where = f"access.{DEFAULT}"
        raise ContractMistakes.of([ContractMistake(mistake.what, where=where)]) from None


def _policies(chosen: Mapping[str, str], mistakes: list[ContractMistake]) -> Mapping[str, Access]:
    found: dict[str, Access] = {}
    for name, text in chosen.items():
        try:
            if name != DEFAULT:
                found[name] = access_of(text, where=f'[access] "{name}"', code=True)
        except ContractMistake as mistake:
            mistakes.append(ContractMistake(mistake.what, where=f'access."{name}"'))
    return found


def _admitting(
    endpoint: Endpoint, policies: Mapping[str, Access], mistakes: list[ContractMistake]
) -> Endpoint:
    declared = endpoint.access
    named = next((policies[name] for name in _names(endpoint) if name in policies), declared)
    try:
        access = _settled(named, endpoint)
    except ContractMistake as mistake:
        where = mistake.where or named.origin
        mistakes.append(ContractMistake(f"{endpoint.name}: {mistake.what}", where=where))
        return endpoint
    if declared.is_public and not access.is_public and endpoint.client != TRANSCODED:
        run = _private(endpoint.run)
        return replace(endpoint, access=access, run=run, short=None)
    return replace(endpoint, access=access)


def _names(endpoint: Endpoint) -> Iterator[str]:
    """What the config may call it, the most exact first."""
    if endpoint.client == TRANSCODED and len(endpoint.calls) == 1:
        yield endpoint.calls[0]
        yield endpoint.calls[0].partition("/")[0]
    yield endpoint.name
    yield endpoint.client


def _settled(access: Access, endpoint: Endpoint) -> Access:
    """Raises ContractMistake."""
    functions = access.functions or tuple(
        _imported(one.names[0], where=access.origin) for one in access.of("function")
    )
    return replace(
        access,
        bound=tuple(_bound(one, endpoint) for one in access.of("bind")),
        functions=functions,
        variables=tuple(one.name for one in endpoint.template.variables),
    )


def _bound(demand: Demand, endpoint: Endpoint) -> Bound:
    name = demand.names[0]
    for index, variable in enumerate(endpoint.template.variables):
        if variable.name == name:
            if variable.multi:
                what = f"{demand}: {name} holds several segments: write a function for it"
                raise ContractMistake(what)
            return Bound(name, index)
    for one in endpoint.parameters:
        spellings = one.spellings or {one.name}
        if one.where == "query" and name in spellings:
            return Bound(name, None, frozenset(spellings))
    what = f"{demand}: {endpoint.template.text} has no {name} in its path or query"
    raise ContractMistake(what)


def _imported(name: str, *, where: str) -> Function:
    """The function that "package.module:function" names. Raises ContractMistake."""
    module_name, _, attribute = name.partition(":")
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as missing:
        if not f"{module_name}.".startswith(f"{missing.name}."):
            raise  # a bug inside of the module: its traceback says more than we could
        what = f"{name!r}: there is no module {missing.name}: correct it, or add it to PYTHONPATH"
        raise ContractMistake(what, where=where) from None
    function = getattr(module, attribute, None)
    if function is None:
        raise ContractMistake(f"{name!r}: {module_name} has no {attribute}", where=where)
    check_function(function, where=where)
    found: Function = function
    return found


def _private(run: Run) -> Run:
    """As `run`, whose answers were made for everybody: caches outside must not share them now."""

    async def kept(context: RequestContext, ask: Ask) -> Answer | Streamed:
        answer = await run(context, ask)
        if isinstance(answer, Streamed) or answer.caching is None or answer.caching.keep is None:
            return answer
        keep = replace(answer.caching.keep, public=False)
        return answer._replace(caching=answer.caching._replace(keep=keep))

    return kept

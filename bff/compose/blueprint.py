"""Everything that is served, as one immutable table. Its four readers cannot disagree.

Called by app (builds it at boot), edge (mounts it), publish (prints it), cli (lists it).
Never     holds an endpoint without a policy, a deadline or a size limit: that is a mistake, and the
          BFF won't start.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from bff.compose.endpoint import Endpoint
from bff.contract.reply.error_document import ErrorDocuments
from bff.contract.routes.router import Router
from bff.terms.access import UNDECLARED
from bff.terms.mistakes import ContractMistake, raise_any


class Blueprint:
    """All endpoints, sorted by path and method, and the router that finds them.

    errors        how every failure is told, at the door and inside of a stream
    tags          what is to be said of each tag of an endpoint, by its name
    fully_decode  whether `%2F` is decoded in path variables of several segments, too (PM9)
    unchecked     rules of the protos that no request is held to: advice.py tells them
    has_sessions  whether a browser can sign in, beside whoever has a token
    Raises ContractMistakes that name every endpoint at fault.
    """

    def __init__(
        self,
        endpoints: Iterable[Endpoint],
        *,
        title: str,
        version: str,
        fully_decode: bool = False,
        errors: ErrorDocuments | None = None,
        tags: Mapping[str, str] = MappingProxyType({}),
        unchecked: tuple[str, ...] = (),
        has_sessions: bool = False,
    ) -> None:
        self.tags = tags
        self.unchecked = unchecked
        self.has_sessions = has_sessions
        self.title = title
        self.version = version
        self.errors = errors or ErrorDocuments()
        self.endpoints = tuple(sorted(endpoints, key=lambda one: (one.template.text, one.method)))
        mistakes = list(_mistakes(self.endpoints))
        raise_any(mistakes)
        self.router: Router[Endpoint] = Router(
            ((one.method, one.template, one) for one in self.endpoints),
            fully_decode=fully_decode,
        )

    def __repr__(self) -> str:
        return f"<Blueprint of {len(self.endpoints)} endpoints>"


def _mistakes(endpoints: tuple[Endpoint, ...]) -> Iterator[ContractMistake]:
    names: dict[str, Endpoint] = {}
    for one in endpoints:
        where = one.declared_at or one.template.text
        if one.access == UNDECLARED:
            what = f"{one.name} needs an access policy: in its proto, its view, or [access]"
            yield ContractMistake(what, where=where)
        if one.deadline_s <= 0:
            yield ContractMistake(f"{one.name} needs a deadline above 0", where=where)
        twin = names.setdefault(one.name, one)
        if twin is not one:
            what = f"the name {one.name} is taken by {twin.declared_at}"
            yield ContractMistake(what, where=where)

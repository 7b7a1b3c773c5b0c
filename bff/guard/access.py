"""May this identity use that endpoint?  The last question of guard, and the shortest.

Called by bff/gate.py, after identity and before anything is bound or called.
Never     decides who someone is; never remembers an answer: rights may be taken away. An endpoint
          without a policy can't exist: deny by default.
Source    docs/spec/threats.md "object ownership", "function rights"; RFC 6750 section 3.1.
"""

from collections.abc import Iterable

from bff.contract.request.query import pairs
from bff.guard.presented import Presented
from bff.guard.refusal import NoRights, no_credentials
from bff.terms.access import Access, Bound, Question
from bff.terms.context import Identity

_NOTHING = Presented()


def admit(access: Access, identity: Identity, shown: Presented = _NOTHING) -> None:
    """Raises Refused unless the policy lets that caller ask this; BadInput for a query that no
    reader would take.
    """
    if access.is_public:
        return
    if not identity.known:
        raise no_credentials("Sign in first: send an access token as Authorization: Bearer.")
    if access.demands:
        _check_rights(access, identity)
        _check_bound(access.bound, identity.subject, shown)
        _ask(access, identity, shown)


def _check_rights(access: Access, identity: Identity) -> None:
    for demand in access.demands:
        if demand.kind == "scope" and identity.scopes.isdisjoint(demand.names):
            what = "Ask for a token with the scope that this needs: the API document names it."
            raise NoRights(what, scopes=demand.names)
        if demand.kind == "role" and identity.roles.isdisjoint(demand.names):
            raise NoRights("This needs a role that you do not have.")


def _check_bound(bound: Iterable[Bound], subject: str, shown: Presented) -> None:
    """Each value must be there, and be the caller's own, however often it was sent."""
    for one in bound:
        if any(value != subject for value in _values_of(one, shown) or ("",)):
            raise NoRights(f"{one.name}: you may ask for what is your own only.")


def _values_of(bound: Bound, shown: Presented) -> tuple[str, ...]:
    if bound.at is not None:
        return shown.values[bound.at : bound.at + 1]
    return tuple(value for name, value in pairs(shown.query) if name in bound.spellings)


def _ask(access: Access, identity: Identity, shown: Presented) -> None:
    if not access.functions:
        return
    question = _question(access, shown)
    for allows in access.functions:
        if allows(identity, question) is not True:
            raise NoRights("You may not do this.")


def _question(access: Access, shown: Presented) -> Question:
    query: dict[str, tuple[str, ...]] = {}
    for name, value in pairs(shown.query):
        query[name] = (*query.get(name, ()), value)
    return Question(shown.method, dict(zip(access.variables, shown.values, strict=True)), query)

"""What we know about one request while it walks the corridor.

Called by edge (makes it), guard (returns it enriched), compose and calls (read it).
Never     holds a Starlette object: an endpoint runs on this, so that any front door can serve it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from bff.terms.criticality import Criticality
from bff.terms.deadline import Deadline

Metadata = tuple[tuple[str, str | bytes], ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls. `subject` is "" for nobody; `issuer`, `scopes` and `roles` as the token said.

    until_s  when that token ends, on the monotonic clock: worked out where it is proved, once for
             all of its requests, so that no jump of the clock on the wall moves it. A session
             renews its tokens, and has an end of its own.
    """

    subject: str = ""
    issuer: str = ""
    scopes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    until_s: float = field(default=inf, compare=False)

    @property
    def known(self) -> bool:
        return bool(self.subject)


NOBODY = Identity()


class RequestContext(NamedTuple):
    """One request.

    request_id  ours or the client's, [A-Za-z0-9._-]{1,64}; in every answer and log line
    deadline    absolute: the endpoint's budget, shortened by the client's hint
    headers     lower-case request headers (last one wins), for guard and binders
    metadata    what each rpc of this request carries to the services; an allow-list made it
    peer        the client's address as we trust it
    criticality the endpoint's: who is refused first when not all can be answered
    session     where the caller's session is kept, "" for none: a stream ends with it
    answer_headers  what guard adds to the answer, whatever that is: lower-case names and values
    """

    request_id: str
    deadline: Deadline
    identity: Identity = NOBODY
    headers: Mapping[str, str] = MappingProxyType({})
    metadata: Metadata = ()
    peer: str = ""
    criticality: Criticality = "normal"
    answer_headers: tuple[tuple[bytes, bytes], ...] = ()
    session: str = ""

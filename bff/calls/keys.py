"""The name of a question: what two callers must have in common to be given one answer.

Why       A key that forgets something the answer depends on shows one user's data to another. So
          there are two types of key, and each takes all that came along, less a few named headers.
Called by calls/sharing.py, compose/view/serving/kept.py.
Never     leaves out who calls, unless the declaration says public; never shows itself in a log: the
          caller's token is part of it.
Source    docs/spec/threats.md "other user's data"; docs/spec/bad-input.md rows 112, 115.
"""

from collections.abc import Hashable
from typing import NamedTuple, TypeAlias

from bff.terms.context import Metadata, RequestContext

OF_ONE_REQUEST = frozenset({"x-request-id", "traceparent", "tracestate"})
"""Metadata that differ from request to request and change no answer."""
OF_ONE_CALLER = OF_ONE_REQUEST | {"authorization", "x-forwarded-for"}
"""What a public answer does not depend on either: its declaration says so."""


class UserKey(NamedTuple):
    """A question of one caller.

    what   "pkg.Service/Method", or a view's name
    asked  the request's bytes (deterministic), or all that a view was given
    """

    what: str
    asked: Hashable
    subject: str
    issuer: str
    scopes: frozenset[str]
    roles: frozenset[str]
    metadata: Metadata


class PublicKey(NamedTuple):
    """A question whose answer is the same for everybody. Shorter than a UserKey: never equal."""

    what: str
    asked: Hashable
    metadata: Metadata


Key: TypeAlias = UserKey | PublicKey


def key_of(what: str, asked: Hashable, context: RequestContext, *, public: bool) -> Key:
    """The key of a question that this request asks.

    >>> from bff.terms.deadline import Deadline
    >>> context = RequestContext("r-1", Deadline(0.0), metadata=(("x-request-id", "r-1"),))
    >>> key_of("a.B/C", b"", context, public=True)
    PublicKey(what='a.B/C', asked=b'', metadata=())
    """
    if public:
        return PublicKey(what, asked, _without(OF_ONE_CALLER, context.metadata))
    who, metadata = context.identity, _without(OF_ONE_REQUEST, context.metadata)
    return UserKey(what, asked, who.subject, who.issuer, who.scopes, who.roles, metadata)


def _without(names: frozenset[str], metadata: Metadata) -> Metadata:
    return tuple([pair for pair in metadata if pair[0] not in names])

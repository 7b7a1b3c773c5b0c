"""Who may use an endpoint: one policy as a value, and the text that declares it. Pure.

Why       A proto, a view and the operator's config declare policies in the same words, and each
          reader (the gate, the routes' table, the API document) reads the same value.
Words     public                  anybody
          signed_in               whoever has proved who they are; what all of the others imply
          scope:orders.read       a scope of the token; `scope:a|b`: one of them is enough
          role:admin              a role of the token; `role:a|b`: one of them is enough
          bind:user_id            that value of the path or the query is the caller's own subject
          package.module:may_see  a Python function says so; not in protos, which are not ours
          With spaces between them, all must hold: "scope:orders.read bind:user_id".
Called by contract and compose (declare), settings (the operator's), guard/access (asks), publish.
Never     knows of a request, or imports what a policy names.
Source    RFC 6749 section 3.3 (scope); docs/spec/threats.md "object ownership", "function rights".
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from inspect import iscoroutinefunction
from typing import Literal, NamedTuple, TypeAlias

from bff.terms.context import Identity
from bff.terms.mistakes import ContractMistake

Kind = Literal["scope", "role", "bind", "function"]

_WORD = re.compile(r"(scope|role|bind):(\S+)", re.ASCII).fullmatch
_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+").fullmatch
_FIELD = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*", re.ASCII).fullmatch
_FUNCTION = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*:[A-Za-z_]\w*", re.ASCII).fullmatch
_KNOWN = "public, signed_in, scope:NAME, role:NAME, bind:FIELD"


class Question(NamedTuple):
    """What a policy in Python is told of a request, beside who calls.

    path   decoded path values by the names of their variables
    query  decoded values of each parameter, in the order in which they were sent
    """

    method: str
    path: Mapping[str, str]
    query: Mapping[str, tuple[str, ...]]


Function: TypeAlias = Callable[[Identity, Question], bool]
"""Says True to let that caller in; anything else refuses."""


class Demand(NamedTuple):
    """One thing that must hold. `names`: scopes or roles of which one is enough, or one name."""

    kind: Kind
    names: tuple[str, ...]

    def __str__(self) -> str:
        text = "|".join(self.names)
        return text if self.kind == "function" else f"{self.kind}:{text}"


class Bound(NamedTuple):
    """Where the value stands that must be the caller's own.

    at         its place among the path's values; None: it is in the query
    spellings  every name by which a client can send it in the query
    """

    name: str
    at: int | None
    spellings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One policy. Make one with `access_of` or `declared`; `str` gives the text again.

    origin     who declared it, and where
    bound      where the values of its `bind:` stand; known once it belongs to an endpoint
    functions  what its demands of Python are, in their order
    variables  names of the path's values, for its functions
    """

    is_public: bool = False
    demands: tuple[Demand, ...] = ()
    origin: str = field(default="", compare=False)
    bound: tuple[Bound, ...] = field(default=(), compare=False)
    functions: tuple[Function, ...] = field(default=(), compare=False)
    variables: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        if self.is_public:
            return "public"
        return " ".join(map(str, self.demands)) or "signed_in"

    @property
    def scopes(self) -> tuple[str, ...]:
        """Every scope that it speaks of, for the API document."""
        return tuple(name for one in self.of("scope") for name in one.names)

    def of(self, kind: Kind) -> tuple[Demand, ...]:
        return tuple(one for one in self.demands if one.kind == kind)

    def by(self, origin: str) -> "Access":
        """The same policy, declared by somebody."""
        return replace(self, origin=origin)


Policy: TypeAlias = Access | str | Function
"""How a view says it."""

PUBLIC = Access(is_public=True)
SIGNED_IN = Access()
UNLESS_SAID = SIGNED_IN.by("default")
UNDECLARED = Access(demands=(Demand("role", ()),))
"""Nobody has said anything, and nobody may come in: the BFF does not start with one."""


def access_of(text: str, *, where: str, code: bool = False) -> Access:
    """The policy that a text declares. Raises ContractMistake that says what to write instead.

    where  whose text it is
    code   whether it may name a Python function: protos may not, they come from elsewhere

    >>> str(access_of("scope:orders.read  bind:user_id", where="here"))
    'scope:orders.read bind:user_id'
    """
    words = text.split()
    if not words:
        raise ContractMistake(f"an access policy must not be empty: write {_KNOWN}", where=where)
    if "public" in words:
        if len(words) > 1:
            what = f"{text!r}: what is public can't demand anything: write one or the other"
            raise ContractMistake(what, where=where)
        return PUBLIC.by(where)
    demands = [_demand(one, where=where, code=code) for one in words if one != "signed_in"]
    return Access(demands=tuple(dict.fromkeys(demands)), origin=where)


def declared(policy: Policy, *, where: str) -> Access:
    """The policy that a view declares: a text, or a function. Raises ContractMistake."""
    if isinstance(policy, Access):
        return policy.by(policy.origin or where)
    if isinstance(policy, str):
        return access_of(policy, where=where, code=True)
    check_function(policy, where=where)
    name = f"{policy.__module__}:{policy.__qualname__}"
    return Access(demands=(Demand("function", (name,)),), functions=(policy,), origin=where)


def check_function(function: object, *, where: str) -> None:
    """Raises ContractMistake for what can't be asked at the gate.

    A coroutine is true, whatever its function would say: everybody would be let in.
    """
    if not callable(function) or iscoroutinefunction(function):
        what = "an access policy in Python is a plain function (identity, question) -> bool"
        raise ContractMistake(what, where=where)


def _demand(word: str, *, where: str, code: bool) -> Demand:
    found = _WORD(word)
    if found is None:
        return _function(word, where=where, code=code)
    if found[1] == "bind":
        if not _FIELD(found[2]):
            raise ContractMistake(f"{word!r}: {found[2]!r} is no name of a field", where=where)
        return Demand("bind", (found[2],))
    names = tuple(found[2].split("|"))
    if not all(map(_TOKEN, names)):
        raise ContractMistake(f"{word!r} has a name that no token can hold", where=where)
    return Demand("scope" if found[1] == "scope" else "role", names)


def _function(word: str, *, where: str, code: bool) -> Demand:
    if code and _FUNCTION(word):
        return Demand("function", (word,))
    known = f"{_KNOWN}, package.module:function" if code else _KNOWN
    raise ContractMistake(f"{word!r} is no access policy: write {known}", where=where)

"""The plan of a view: what is asked, in which order, and where in the answer it stands.

Why       Everything that is told of a view (its JSON, its schema, its picture, its cost) is read
          from this one value; nothing of the class body is looked at after boot.
Called by compiling (makes it), running (runs it), writing, serving/schema.py, explaining.
Never     holds a recorder, a message or anything of one request: one plan serves all of them.
Source    docs/spec/views.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from bff.calls.keep import Keep
from bff.contract.client import Rpc
from bff.terms.access import Access

Path: TypeAlias = tuple[str, ...]
"""Proto field names from one message to the next; () is the message itself."""


@dataclass(frozen=True, slots=True)
class Constant:
    """As the request's field takes it."""

    value: Any


@dataclass(frozen=True, slots=True)
class FromInput:
    """An input of the view, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class FromCaller:
    """Who calls: the token's subject, "" for nobody."""


@dataclass(frozen=True, slots=True)
class FromReply:
    """What stands at `path` in the reply of a step of the same scope, or of one around it."""

    step: int
    path: Path


@dataclass(frozen=True, slots=True)
class FromItem:
    """What stands at `path` in the present item of a scope: the step's or member's own, or one
    around it.
    """

    scope: int
    path: Path


@dataclass(frozen=True, slots=True)
class FromMatch:
    """What stands at `path` in the one of a list of messages whose field `by` equals `key`.

    A keyed join: the first that fits, where several do. Where none does, or the key is empty, it
    is as a message that is not set.
    """

    items: "Held"
    by: str
    key: "Value"
    path: Path


Held: TypeAlias = FromReply | FromItem | FromMatch
"""A value out of a message."""
Value: TypeAlias = Constant | FromInput | FromCaller | Held


def parts_of(value: Value) -> Iterator[Value]:
    """What has to be there before a value is: itself; of a match, its list and its key.

    >>> list(parts_of(FromMatch(FromReply(1, ("clicks",)), "code", FromCaller(), ("total",))))
    [FromReply(step=1, path=('clicks',)), FromCaller()]
    """
    if isinstance(value, FromMatch):
        yield from parts_of(value.items)
        yield from parts_of(value.key)
    else:
        yield value


def replies_in(values: Iterable[Value]) -> Iterator[FromReply]:
    """Those that values are read from."""
    found = (one for value in values for one in parts_of(value))
    return (one for one in found if isinstance(one, FromReply))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """For each item of a list of messages: what is inside is asked and written once per item.

    index   its place in the plan's `scopes`
    parent  the scope that the list stands in; None: the answer itself
    items   the list
    """

    index: int
    parent: int | None
    items: Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A lookup and the rpc that does many of them at once (AIP-231): GetUser, BatchGetUsers.

    key       the field of the lookup's request that names what is looked up: user_id
    keys      the batch request's field: user_ids
    found     the batch reply's field: users
    found_by  the field of each of them that holds its key: user_id
    most      how many keys one call may carry
    """

    batch: Rpc[Any, Any]
    key: str
    keys: str
    found: str
    found_by: str
    most: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rpc that a request for this view may make: once, or once per item of its scope.

    index        its place in the plan's `steps`; a step reads only steps before it
    name         unique in the plan, for people: "get_user", "get_user_2"
    arguments    field of the request -> value; what is not there stays unset
    scope        None: asked once
    pair         None: this lookup can't be gathered with others
    gathered     which steps share batch calls: equal for those that do, None for those alone
    needed       its failure fails the view; else only members that are soft read it
    deadline_ms  its own budget, counted from when it can start; None: the view's
    keep         None: never cached
    fallback     stands for the reply where the call fails; None: there is none
    mask         the request's FieldMask field, and the paths to put there; None: it has none
    whole        something needs the reply as a message: a later step, a computed member, a join
    deferred     only deferred members read it: those who wait for the first body don't wait for it
    declared_at  "bff/views/web/product.py:31"
    """

    index: int
    name: str
    rpc: Rpc[Any, Any]
    arguments: Mapping[str, Value]
    scope: int | None
    declared_at: str
    pair: Pair | None = None
    gathered: int | None = None
    needed: bool = True
    deadline_ms: float | None = None
    keep: Keep | None = None
    fallback: Any = None
    mask: tuple[str, tuple[str, ...]] | None = None
    whole: bool = False
    deferred: bool = False

    @property
    def waits_for(self) -> frozenset[int]:
        """Steps whose replies its arguments read; not those that its scope's list comes from."""
        return frozenset(one.step for one in replies_in(self.arguments.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A value as it is: a scalar, an enum's short word, a well-known type, a whole message.

    kind  "value" as the codec writes that field (64-bit integers as numbers);
          "has" whether the field is set; "which" the name of the oneof's member that is set, or
          null; "values" the values of a map as a list
    """

    value: Value
    kind: Literal["value", "has", "which", "values"] = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """An object with members of our own choice; `of` is the message that they are about.

    Where the message is unset (or its lookup says NOT_FOUND) the object is absent.
    """

    of: Held
    members: "tuple[Member, ...]"
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list of objects, one per item of a scope."""

    scope: int
    members: "tuple[Member, ...]"
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """What a function of the view makes of values: messages, scalars, lists of them.

    arguments  parameter -> value
    returns    its annotation: str, int, float, bool, list[...], dict[str, ...], or None of them
    """

    function: Callable[..., Any]
    arguments: Mapping[str, Value]
    returns: Any


Show: TypeAlias = Plain | Object | Items | Computed


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of the answer, or of an object in it.

    name      in JSON: lowerCamelCase
    soft      null where it failed, and an entry in `errors`
    absent    null where the message is unset, or its lookup says NOT_FOUND (soft ones, too)
    deferred  a client that can wait for it gets it later
    """

    name: str
    show: Show
    declared_at: str
    soft: bool = False
    absent: bool = False
    deferred: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewInput:
    """One input. `kind` is str, int or bool; `default` None: it is required.

    where  "cursor" is the query parameter that a paged call made: the next page's token
    """

    name: str
    where: Literal["path", "query", "header", "cursor"]
    kind: type
    default: str | int | bool | None = None
    about: str = ""


Errors: TypeAlias = Literal["failed", "always"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One view.

    name       "web.ProductPage"
    get        the whole path: "/web/v1/products/{product_id}"
    keep       of the whole answer; None: not cached
    personal   something in it depends on who calls
    shape      the class's name, for schemas and templates
    errors     "failed": `errors` is there when something failed; "always": else it is []
    variant    "": the usual view of its path; else what X-Version calls this one
    share      of 100 callers who send no X-Version, so many get this variant
    """

    name: str
    get: str
    client: str
    access: Access
    deadline_ms: float
    about: str
    shape: str
    inputs: tuple[ViewInput, ...]
    steps: tuple[Step, ...]
    scopes: tuple[Scope, ...]
    members: tuple[Member, ...]
    declared_at: str
    keep: Keep | None = None
    personal: bool = True
    errors: Errors = "failed"
    variant: str = ""
    share: int = 0

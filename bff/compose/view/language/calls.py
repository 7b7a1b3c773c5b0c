"""Ask a service in a class body: `_user = call(UserServiceClient.get_user, user_id=me)`.

Why       Typed by the client's method: its keywords are checked, and what comes back is its reply.
Called by bff/views, through bff.compose.view.
Never     calls anything: it notes what will be asked for each request.
Source    docs/spec/views.md; AIP-158 (pages).
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from google.protobuf.message import Message

from bff.calls.keep import Keep
from bff.compose.view.language.made import Computing
from bff.compose.view.language.recorder import Recorder, aspect_of
from bff.compose.view.language.sources import Asked, Given, Manner
from bff.compose.view.language.unready import Unready, line_of_view, wrong
from bff.contract.client import carried

P = ParamSpec("P")
T = TypeVar("T")

PAGE_TOKEN, CURSOR = "page_token", "cursor"
_FUNCTION = "what is computed can't be sent: make this screen a function (@screen)"
_HOW = "name the method of a generated client, as in call(UserServiceClient.get_user, ...)"


def call(
    method: Callable[Concatenate[Any, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T:
    """The reply of a unary rpc. Arguments may be values of other calls: it waits for them."""
    return cast("T", _recorded(method, args, kwargs))


def paged(
    method: Callable[Concatenate[Any, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T:
    """As `call`, one page at a time: the client sends `?cursor=`, and gets `nextCursor`."""
    return cast("T", _recorded(method, args, kwargs, paged=True))


@dataclass(frozen=True, slots=True)
class Policy:
    """How some calls are made: `fast = policy(deadline_ms=100)`, then `fast.call(...)`."""

    manner: Manner

    def call(
        self,
        method: Callable[Concatenate[Any, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """As `call`."""
        return cast("T", _recorded(method, args, kwargs, manner=self.manner))

    def paged(
        self,
        method: Callable[Concatenate[Any, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """As `paged`."""
        return cast("T", _recorded(method, args, kwargs, manner=self.manner, paged=True))


def policy(
    *,
    deadline_ms: float | None = None,
    fresh_s: float = 0,
    stale_while_revalidate_s: float = 0,
    stale_if_error_s: float = 0,
    public: bool = False,
    fallback: Message | None = None,
) -> Policy:
    """How calls are made.

    deadline_ms               a budget of their own, within the view's
    fresh_s                   a reply may serve that long without asking
    stale_while_revalidate_s  ... and so much longer while it is asked for again
    stale_if_error_s          ... and so much longer where the service fails
    public                    everybody may be given the same reply
    fallback                  stands for a reply that failed: no error then
    """
    keep = Keep(
        fresh_s=fresh_s,
        stale_while_revalidate_s=stale_while_revalidate_s,
        stale_if_error_s=stale_if_error_s,
        public=public,
    )
    kept = fresh_s or stale_while_revalidate_s or stale_if_error_s
    if deadline_ms is not None and deadline_ms <= 0:
        raise wrong("deadline_ms must be above 0")
    return Policy(Manner(deadline_ms=deadline_ms, keep=keep if kept else None, fallback=fallback))


def _recorded(
    method: object,
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
    *,
    manner: Manner | None = None,
    paged: bool = False,
) -> Recorder:
    asks = carried(method)
    if isinstance(method, Unready) or asks is None or inspect.ismethod(method):
        raise wrong(f"{method!r} is no unary rpc: {_HOW}")
    if paged:
        kwargs = _with_cursor(kwargs, asks.rpc.request)
    name = getattr(method, "__name__", "")
    _check_keywords(cast("Callable[..., object]", method), args, kwargs)
    fallback = manner.fallback if manner else None
    if fallback is not None and not isinstance(fallback, asks.rpc.reply):
        wanted, given = asks.rpc.reply.__name__, type(fallback).__name__
        raise wrong(f"{name} replies with a {wanted}: its fallback can't be a {given}")
    arguments = {
        asks.renamed.get(key, key): _argument(key, value)
        for key, value in kwargs.items()
        if value is not None
    }
    asked = Asked(
        name=name,
        rpc=asks.rpc,
        arguments=arguments,
        manner=manner or Manner(),
        paged=paged,
        place=line_of_view(),
    )
    return Recorder(asked)


def _with_cursor(kwargs: Mapping[str, object], request: type[Message]) -> Mapping[str, object]:
    if PAGE_TOKEN in kwargs:
        raise wrong(f"paged() takes {PAGE_TOKEN} from the client's `?{CURSOR}=`: leave it out")
    if PAGE_TOKEN not in request.DESCRIPTOR.fields_by_name:
        raise wrong(f"{request.__name__} has no {PAGE_TOKEN}: it has no pages, use call()")
    cursor = Given("query", str, place=line_of_view(), default="", name=CURSOR)
    return {**kwargs, PAGE_TOKEN: Recorder(cursor)}


def _check_keywords(
    method: Callable[..., object], args: tuple[object, ...], kwargs: Mapping[str, object]
) -> None:
    signature = inspect.signature(method)
    takes = list(signature.parameters)[1:]
    for name in kwargs:
        if name not in takes:
            raise wrong(f"{method.__name__}() takes no `{name}`, but {', '.join(takes)}")
    try:
        signature.bind(None, *args, **kwargs)
    except TypeError as misfit:
        raise wrong(f"{method.__name__}(): {misfit}") from None


def _argument(name: str, value: object) -> object:
    if isinstance(value, Recorder):
        if aspect_of(value) != "value":
            raise wrong(f"{name}={value!r}: only a field itself can be sent to a service")
        return value
    if isinstance(value, Unready):
        what = f"{name}={value!r}: send a field of a reply; this is a member of the answer"
        raise wrong(f"{what}, and {_FUNCTION}" if isinstance(value, Computing) else what)
    for inside in _inside(value):
        if isinstance(inside, Unready):
            raise wrong(f"{name}: {inside!r} can't be put in a list or dict: send it by itself")
    return value


def _inside(value: object) -> tuple[object, ...]:
    if isinstance(value, Mapping):
        return tuple(value.values())
    return tuple(value) if isinstance(value, list | tuple) else ()

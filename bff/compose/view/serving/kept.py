"""Whole answers, remembered: a view that is `cache=...` runs once for all who may share it.

Why       A reply that is remembered saves a call; an answer that is remembered saves the view.
Called by compose/view/serving/endpoints.py: `Keeper.run` around what runs a view's plan.
Never     remembers an answer with gaps, one where a fallback or something stale stands in, or one
          for everybody that a private part is in.
Source    RFC 9111; docs/spec/views.md; docs/spec/threats.md "other user's data".
"""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, replace
from typing import TypeAlias

from bff.calls.cache import Cache, Came, Made
from bff.calls.keep import Keep
from bff.calls.keys import key_of
from bff.calls.origin import Origins
from bff.compose.caching import Caching
from bff.compose.endpoint import Answer, Ask, Run
from bff.stores.store import Entry
from bff.terms.context import NOBODY, RequestContext
from bff.terms.deadline import Deadline

RunView: TypeAlias = Callable[[RequestContext, Ask, Origins], Awaitable[Answer]]
"""As Run; every Call it makes has `note=origins.note`, and a fallback says `origins.spoil()`."""

_TYPE = "content-type"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptView:
    """A view that caches.

    keep       of the whole answer; None: only its parts are kept
    asked      all that the answer depends on, beside who calls and the forwarded headers: the
               inputs as read, what was selected, which variant
    varies_by  lower-case names of the headers that are inputs
    """

    name: str
    keep: Keep | None
    asked: Callable[[Ask], Hashable]
    run: RunView
    varies_by: tuple[str, ...] = ()


class Keeper:
    """Runs views through the cache.

    cache      None: nothing is remembered; what others may keep is told all the same
    forwarded  names of the request's headers that services get, as `[metadata] forward` has them
    """

    def __init__(self, cache: Cache | None, *, forwarded: tuple[str, ...] = ()) -> None:
        self._cache = cache
        self._forwarded = tuple(name.lower() for name in forwarded if not name.endswith("*"))

    def __repr__(self) -> str:
        return f"<Keeper with {self._cache!r}>"

    def run(self, view: KeptView) -> Run:
        """What the view's endpoint does."""
        varies_by = tuple(sorted({*view.varies_by, *self._forwarded} - {"authorization"}))
        cache, keep = self._cache, view.keep
        if cache is None or keep is None:
            return _run_anew(view, varies_by, cached=cache is not None)

        async def run(context: RequestContext, ask: Ask) -> Answer:
            async def make(until: Deadline) -> Made:
                who = NOBODY if keep.public else context.identity  # nobody's, so everybody's
                asking = context._replace(deadline=until, identity=who)
                return await _made(view, cache, asking, ask)

            key = key_of(view.name, (ask.accept, view.asked(ask)), context, public=keep.public)
            came = await cache.get(key, keep, make, deadline=context.deadline)
            return _answer(came, keep, age_s=cache.age_s(came.entry), varies_by=varies_by)

        return run


def _run_anew(view: KeptView, varies_by: tuple[str, ...], *, cached: bool) -> Run:
    async def run(context: RequestContext, ask: Ask) -> Answer:
        origins = Origins()
        answer = await view.run(context, ask, origins)
        how = origins.how if cached else "bypass"
        keep = None if answer.gaps else origins.keep(view.keep)
        return answer._replace(caching=Caching(how, keep, varies_by=varies_by))

    return run


async def _made(view: KeptView, cache: Cache, context: RequestContext, ask: Ask) -> Made:
    origins = Origins()
    answer = await view.run(context, ask, origins)
    keep = None
    if not answer.gaps and answer.status is None:
        keep = origins.keep(view.keep)
    # For everybody to have, and yet with a part that is not: for this client alone.
    shown_to_all = keep is not None and (keep.public or not (view.keep and view.keep.public))
    entry = cache.entry(
        answer.body,
        keep if shown_to_all else None,
        tags=origins.tags | {view.name},
        metadata=((_TYPE, answer.media_type), *answer.headers),
    )
    if _lasts(entry):  # a store that others share has to know when its oldest part was asked for
        entry = entry._replace(made_at_s=entry.made_at_s - origins.oldest_s)
    return Made(entry, answer._replace(caching=Caching("miss", keep, stored=_lasts(entry))))


def _answer(came: Came, own: Keep, *, age_s: float, varies_by: tuple[str, ...]) -> Answer:
    """The answer of those who waited for it, or as it was remembered."""
    entry, how, answer = came
    if isinstance(answer, Answer) and answer.caching is not None:
        stored = answer.caching.stored
        told = Caching(how, answer.caching.keep, stored=stored, varies_by=varies_by)
        return answer._replace(caching=told)
    (_, media_type), *headers = [(name, str(value)) for name, value in entry.metadata]
    lifetime_s = entry.fresh_until_s - entry.made_at_s
    told = Caching(how, replace(own, fresh_s=lifetime_s), age_s, varies_by=varies_by)
    return Answer(entry.body, media_type, headers=tuple(headers), caching=told)


def _lasts(entry: Entry) -> bool:
    return entry.gone_at_s > entry.made_at_s

"""Variants of a view: one path, several screens, and each caller sees always the same one of them.

    class ProductPageB(ProductPage, variant="b", share=10): ...

Chosen by  `X-Version: b` in the request; else by a hash of who calls, so that of 100 callers 10 get
           it; who is not signed in counts by address. An unknown name chooses nothing: an app that
           was pinned to a variant outlives it.
Told by    `X-Version` in every answer; "default" is the view that the variants are of.
Called by endpoints.py (one endpoint per path), compiling/views.py (mistakes).
Never      lets a shared cache give one caller's lot to the next: an answer that was chosen by hash
           is private to the world. Ours keeps each variant under its own name.
Source     docs/spec/views.md, "X-Version"; RFC 9110 section 12.5.5 (Vary).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from bff.compose.endpoint import Answer, Ask, Endpoint, Parameter, Schema, Streamed
from bff.compose.view.plan import Plan
from bff.terms.context import RequestContext
from bff.terms.mistakes import ContractMistake

VERSION = "x-version"
DEFAULT = "default"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}").fullmatch
_ALL = 100


def variant_mistakes(plans: Sequence[Plan]) -> Iterator[ContractMistake]:
    """What is wrong with each variant, or with all of one path."""
    usual = {plan.get: plan for plan in plans if not plan.variant}
    shared: dict[str, int] = {}
    for plan in plans:
        for what in _wrong(plan, usual.get(plan.get)):
            yield ContractMistake(f"{plan.name}: {what}", where=plan.declared_at)
        before = shared.get(plan.get, 0)
        shared[plan.get] = before + max(plan.share, 0)
        if before <= _ALL < shared[plan.get]:
            what = f"the variants of GET {plan.get} share more than {_ALL} percent of the callers"
            yield ContractMistake(f"{plan.name}: {what}", where=plan.declared_at)


def _wrong(plan: Plan, usual: Plan | None) -> Iterator[str]:
    if not plan.variant:
        if plan.share:
            yield "it has a share= and no variant=: name the variant"
        return
    if not _NAME(plan.variant) or plan.variant == DEFAULT:
        yield f'variant={plan.variant!r}: use a-z, 0-9 and -, and not "{DEFAULT}"'
    if not 0 <= plan.share <= _ALL:
        yield f"share={plan.share}: it is a percentage, 0 to {_ALL}"
    if usual is None:
        yield f"no view at GET {plan.get} is without variant=: nobody else would be served"
    elif usual.access != plan.access:
        yield f"it is {plan.access}, and {usual.name} at {usual.declared_at} is {usual.access}"


def varied(endpoints: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """The same endpoints, with those of variants inside of the one that they are variants of."""
    by_path: dict[str, list[Endpoint]] = {}
    for one in endpoints:
        by_path.setdefault(one.template.text, []).append(one)
    return tuple(_one_of(those) for those in by_path.values())


def _one_of(those: list[Endpoint]) -> Endpoint:
    usual = next(one for one in those if not _plan(one).variant)
    others = sorted((one for one in those if one is not usual), key=lambda one: _plan(one).variant)
    if not others:
        return usual
    every = (usual, *others)
    plans = tuple(map(_plan, others))
    parameters = {(one.where, one.name): one for each in every for one in each.parameters}
    return replace(
        usual,
        run=_Choosing(usual, others).run,
        short=None,
        deadline_s=max(one.deadline_s for one in every),
        answer=_either(every),
        components={name: one for each in every for name, one in each.components.items()},
        calls=tuple(sorted({name for each in every for name in each.calls})),
        parameters=(*parameters.values(), _parameter(plans)),
        produces=tuple(kind for kind in usual.produces if all(kind in x.produces for x in others)),
        varies_by=tuple(dict.fromkeys((*(n for x in every for n in x.varies_by), VERSION))),
        variants=plans,
    )


@dataclass(frozen=True, slots=True)
class _Lot:
    """Callers whose number is below `upto`, and not below that of the lot before."""

    upto: int
    name: str


class _Choosing:
    """Gives each caller one of a view's variants."""

    def __init__(self, usual: Endpoint, others: Sequence[Endpoint]) -> None:
        self._name = usual.name
        self._by_name: Mapping[str, Endpoint] = {
            DEFAULT: usual,
            **{_plan(one).variant: one for one in others},
        }
        upto, lots = 0, []
        for one in others:
            upto += _plan(one).share
            lots.append(_Lot(upto, _plan(one).variant))
        self._lots = tuple(lots)

    def __repr__(self) -> str:
        return f"<_Choosing of {', '.join(self._by_name)}>"

    async def run(self, context: RequestContext, ask: Ask) -> Answer | Streamed:
        wanted = ask.headers.get(VERSION, "")
        said = wanted in self._by_name
        name = wanted if said else self._lot(context)
        chosen = self._by_name[name]
        deadline = context.deadline.within(chosen.deadline_s)
        answer = await chosen.run(context._replace(deadline=deadline), ask)
        told = ((VERSION, name),)
        if isinstance(answer, Streamed):
            return replace(answer, headers=(*answer.headers, *told))
        return (answer if said else _private(answer)).with_headers(told)

    def _lot(self, context: RequestContext) -> str:
        number = number_of(context, self._name)
        return next((lot.name for lot in self._lots if number < lot.upto), DEFAULT)


def number_of(context: RequestContext, view: str) -> int:
    """0 to 99: always the same for one caller and view, and of no meaning for other views."""
    who = context.identity
    caller = f"{who.issuer}\n{who.subject}" if who.known else context.peer
    digest = sha256(f"{view}\n{caller}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8]) % _ALL


def _private(answer: Answer) -> Answer:
    caching = answer.caching
    if caching is None or caching.keep is None or not caching.keep.public:
        return answer
    keep = replace(caching.keep, public=False)
    return answer._replace(caching=caching._replace(keep=keep))


def _either(every: Sequence[Endpoint]) -> Schema | None:
    answers = [one.answer for one in every if one.answer is not None]
    return {"anyOf": answers}


def _parameter(plans: Sequence[Plan]) -> Parameter:
    shares = ", ".join(f"`{one.variant}` ({one.share} of 100 callers)" for one in plans)
    return Parameter(
        name="X-Version",
        where="header",
        required=False,
        schema={"type": "string"},
        description=f"Which variant to answer with: {shares}, or `{DEFAULT}`. Without it, a caller"
        " is given always the same one. The answer says in `X-Version` which it is.",
    )


def _plan(endpoint: Endpoint) -> Plan:
    assert endpoint.plan is not None  # noqa: S101 - every endpoint of a view has one
    return endpoint.plan

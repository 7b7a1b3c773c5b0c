"""Declare a screen: an async function of a Visit that returns a Shape.

Why       One declaration gives the route, its inputs, its OpenAPI and its deadline.
Called by bff/views (declares), app (collects and mounts).
Never     registers anything by being imported: `screens_of` looks the declarations up.

    @screen(get="/mobile/v1/links/{code}", client="mobile", deadline_ms=250)
    async def link(visit: Visit, *, code: str, days: int = 30) -> LinkCard: ...
"""

import asyncio
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, get_type_hints

from bff.calls.call import Calls
from bff.compose.endpoint import Answer, Ask, Endpoint, Parameter
from bff.compose.inputs import Inputs, inputs_of, parameters_of
from bff.compose.place import place_of
from bff.compose.screen_endpoint import GRACE_S, overdue, screen_endpoint
from bff.compose.view.plan import ViewInput
from bff.compose.visit import Visit
from bff.contract.routes.path_template import PathTemplate
from bff.terms.access import UNLESS_SAID, Policy
from bff.terms.context import RequestContext
from bff.terms.mistakes import ContractMistake, raise_any

if TYPE_CHECKING:  # pydantic is 8 MB: views do without
    from bff.compose.shape import Shape

Show = Callable[..., Awaitable["Shape"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One declared screen. `declared_at` is "bff/views/web/dashboard.py:31"."""

    template: PathTemplate
    client: str
    access: Policy
    deadline_s: float
    show: Show
    inputs: Inputs
    parameters: tuple[Parameter, ...]
    shape: "type[Shape]"
    name: str
    declared_at: str


def screen(
    *, get: str, client: str, deadline_ms: float, access: Policy = UNLESS_SAID
) -> Callable[[Show], Screen]:
    """Turn an async function into a Screen, served at GET `get`.

    client       "web", "mobile" or "public": which API the screen belongs to
    deadline_ms  the whole screen's budget, in milliseconds
    """

    def declare(show: Show) -> Screen:
        hints = get_type_hints(show)
        template = PathTemplate.parse(get)
        inputs = _inputs(show, hints, template)
        mistakes: list[ContractMistake] = []
        reader = inputs_of(inputs, template, mistakes, role=f"parameter of {show.__name__}()")
        raise_any(mistakes)
        return Screen(
            template=template,
            client=client,
            access=access,
            deadline_s=deadline_ms / 1000,
            show=show,
            inputs=reader,
            parameters=parameters_of(inputs),
            shape=hints["return"],
            name=f"{client}.{show.__name__}",
            declared_at=_place(show),
        )

    return declare


def screens_of(package: ModuleType) -> tuple[Screen, ...]:
    """Every Screen declared in a module of `package`, sorted by name."""
    found = {id(one): one for module in _modules(package) for one in vars(module).values()}
    screens = (one for one in found.values() if isinstance(one, Screen))
    return tuple(sorted(screens, key=lambda one: (one.name, one.declared_at)))


def endpoint_of(declared: Screen, calls: Calls) -> Endpoint:
    """The endpoint that serves a screen with calls made through `calls`."""
    from bff.compose.shape import answer_schema

    answer, components = answer_schema(declared.shape, scope=declared.name.partition(".")[0])
    found = screen_endpoint(
        name=declared.name.replace(".", "_"),
        template=declared.template,
        client=declared.client,
        access=declared.access,
        deadline_s=declared.deadline_s,
        about=inspect.cleandoc(declared.show.__doc__ or ""),
        declared_at=declared.declared_at,
        parameters=declared.parameters,
        calls=(),
        run=_runner(declared, calls),
    )
    return replace(found, answer=answer, components=components)


def _inputs(show: Show, hints: Mapping[str, Any], template: PathTemplate) -> tuple[ViewInput, ...]:
    """All parameters but the first."""
    names = [".".join(variable.field_path) for variable in template.variables]
    return tuple(
        ViewInput(
            name=one.name,
            where="path" if one.name in names else "query",
            kind=hints[one.name],
            default=None if one.default is one.empty else one.default,
        )
        for one in list(inspect.signature(show).parameters.values())[1:]
    )


def _runner(declared: Screen, calls: Calls) -> Callable[[RequestContext, Ask], Awaitable[Answer]]:
    from bff.compose.shape import written

    async def run(context: RequestContext, ask: Ask) -> Answer:
        inputs = declared.inputs.read(ask)
        visit = Visit(context, calls)
        try:
            async with asyncio.timeout(context.deadline.remaining_s() + GRACE_S):
                shape = await declared.show(visit, **inputs)
        except TimeoutError:
            raise overdue(declared.name) from None
        gaps = tuple(gap for fanout in visit.gathered for gap in fanout.gaps)
        return Answer(body=written(shape, gaps), gaps=gaps)

    return run


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield import_module(found.name)


def _place(show: Callable[..., Any]) -> str:
    code = show.__code__
    return place_of(show.__module__, code.co_filename, code.co_firstlineno)

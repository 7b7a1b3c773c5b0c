"""Make endpoints of plans: everything is checked and compiled at boot, and only run per request.

Called by app at boot, with every plan that was compiled; by the faces of a view (`Served.start`).
Never     speaks of a mistake without the declaration's place; never stops at the first one.
Source    docs/spec/views.md; DESIGN "everything served is an Endpoint".
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from bff.calls.call import Calls, Cancel, Done
from bff.calls.keep import Keep
from bff.calls.origin import Origins
from bff.compose.cursors import Cursors
from bff.compose.endpoint import Answer, Ask, Endpoint, Run, Schema, Short
from bff.compose.inputs import headers_of, inputs_of, parameters_of
from bff.compose.screen_endpoint import screen_endpoint
from bff.compose.view.plan import Plan
from bff.compose.view.running.layout import Layout
from bff.compose.view.serving.faces import Faces
from bff.compose.view.serving.kept import Keeper, KeptView
from bff.compose.view.serving.runner import Runner
from bff.compose.view.serving.schema import ViewSchema
from bff.compose.view.serving.selection import FIELDS, FIELDS_PARAMETER, Selecting
from bff.compose.view.serving.variants import varied
from bff.contract.catalog import Catalog
from bff.contract.codec import Codec
from bff.contract.codec.native_engine import ENGINE, Engine
from bff.contract.json_options import JsonOptions
from bff.contract.routes.path_template import PathTemplate
from bff.contract.schema import Schemas
from bff.terms.context import RequestContext
from bff.terms.mistakes import ContractMistake, ContractMistakes, raise_any

_ONLY_JSON_AND_EVENTS = Faces()


class Views:
    """Makes endpoints of plans.

    keeper  remembers answers; None: nothing is kept, and nothing is told of caches
    hidden  full names of fields that no answer may carry, beside those that the protos mark
    faces   what a view needs to answer otherwise than in JSON
    cursors seal the tokens of views that page; None: they go out as the services made them
    """

    def __init__(
        self,
        catalog: Catalog,
        *,
        calls: Calls,
        keeper: Keeper | None = None,
        hidden: frozenset[str] = frozenset(),
        engine: Engine = ENGINE,
        faces: Faces = _ONLY_JSON_AND_EVENTS,
        cursors: Cursors | None = None,
    ) -> None:
        self._cursors = cursors
        self._catalog = catalog
        self._faces = faces
        self._calls = calls
        self._keeper = keeper
        self._options = JsonOptions(
            int64="number",
            enums="short",
            defaults="emit",
            omit_sensitive=catalog.sensitive_fields | hidden,
            omit_written=catalog.input_only_fields,
        )
        self._codec = Codec(self._options, pool=catalog.pool, engine=engine)

    def __repr__(self) -> str:
        return f"<Views of {self._catalog!r}>"

    def endpoints(self, plans: Iterable[Plan]) -> tuple[Endpoint, ...]:
        """One for each path; a view's variants are in its own.

        Raises ContractMistakes with those of all plans
        """
        mistakes: list[ContractMistake] = []
        found: list[Endpoint] = []
        shapes: dict[str, Schema] = {}
        every = tuple(plans)
        usual = {plan.get: plan.shape for plan in every if not plan.variant}
        for plan in every:
            own: list[ContractMistake] = []
            endpoint = self._endpoint(plan, shapes, own, instead=usual.get(plan.get, ""))
            if endpoint is not None and not own:
                found.append(endpoint)
            mistakes += (_placed(one, plan) for one in own)
        raise_any(mistakes)
        return varied(found)

    def runner(self, plan: Plan) -> Runner:
        """What runs a plan. Raises ContractMistakes."""
        return Runner(plan, self._catalog, codec=self._codec, calls=self._calls)

    def _endpoint(
        self,
        plan: Plan,
        shapes: dict[str, Schema],
        mistakes: list[ContractMistake],
        *,
        instead: str,
    ) -> Endpoint | None:
        """None where nothing can be made of it.

        shapes   the components of the plans before, by name
        instead  as Faces.faced takes it
        """
        try:
            template = PathTemplate.parse(plan.get)
            inputs = inputs_of(plan.inputs, template, mistakes, others=(FIELDS,))
            schema = ViewSchema(
                Layout(plan, self._catalog), Schemas(self._options, self._catalog.describe)
            )
            answer = schema.answer()
            selecting = Selecting(self.runner(plan), inputs)
            run, seals = self._run(plan, selecting), self._seals(plan)
            if seals is not None:
                keep = _keep(plan)
                run = seals.run(run, plan.get, shared=keep is not None and keep.public)
            outside = _outside(plan, template, run=run)
            faced = self._faces.faced(
                outside, plan, selecting=selecting, instead=instead, streams=seals is None
            )
        except ContractMistake as mistake:
            mistakes.append(mistake)
            return None
        except ContractMistakes as group:
            mistakes += group.each
            return None
        mistakes += schema.mistakes
        for name, one in schema.components.items():
            if shapes.setdefault(name, one) != one:
                mistakes.append(ContractMistake(f"another view shows another {name}"))
        short = None if seals or self._keeps(plan) else _short(selecting)
        return replace(faced, answer=answer, components=schema.components, short=short)

    def _seals(self, plan: Plan) -> Cursors | None:
        return self._cursors if any(one.where == "cursor" for one in plan.inputs) else None

    def _keeps(self, plan: Plan) -> bool:
        keeps = plan.keep is not None or any(step.keep is not None for step in plan.steps)
        return keeps and self._keeper is not None

    def _run(self, plan: Plan, selecting: Selecting) -> Run:
        if self._keeper is None or not self._keeps(plan):

            async def run(context: RequestContext, ask: Ask) -> Answer:
                runner, inputs = selecting.question(ask)
                return await runner.run(context, inputs)

            return run

        async def noted(context: RequestContext, ask: Ask, origins: Origins) -> Answer:
            runner, inputs = selecting.question(ask)
            return await runner.run(context, inputs, origins)

        kept = KeptView(
            name=plan.name,
            keep=_keep(plan),
            asked=selecting.key,
            run=noted,
            varies_by=headers_of(plan.inputs),
        )
        return self._keeper.run(kept)


def _short(selecting: Selecting) -> Short:
    def short(context: RequestContext, ask: Ask, done: Done) -> Cancel | None:
        runner, inputs = selecting.question(ask)
        return runner.short(context, inputs, done)

    return short


def _keep(plan: Plan) -> Keep | None:
    """What depends on who calls is never for everybody, whatever it says."""
    if plan.keep is None or not (plan.personal and plan.keep.public):
        return plan.keep
    return replace(plan.keep, public=False)


def _placed(mistake: ContractMistake, plan: Plan) -> ContractMistake:
    """The mistake with its own line of the declaration, or that of the view."""
    if mistake.where.startswith(_file(plan.declared_at)):
        return ContractMistake(f"{plan.name}: {mistake.what}", where=mistake.where)
    what = f"{mistake.where}: {mistake.what}" if mistake.where else mistake.what
    return ContractMistake(f"{plan.name}: {what}", where=plan.declared_at)


def _file(place: str) -> str:
    return place.rpartition("/")[0] or place


def operation_of(view: str) -> str:
    """The operation id of a view, as others name their functions.

    >>> operation_of("web.ProductPage")
    'web_product_page'
    """
    client, _, name = view.partition(".")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return f"{client}_{words.lower()}"


def _outside(plan: Plan, template: PathTemplate, *, run: Run) -> Endpoint:
    """All but what the answer looks like."""
    found = screen_endpoint(
        name=operation_of(plan.name),
        template=template,
        client=plan.client,
        access=plan.access,
        deadline_s=plan.deadline_ms / 1000,
        about=plan.about.strip(),
        declared_at=plan.declared_at,
        parameters=(*parameters_of(plan.inputs), FIELDS_PARAMETER),
        calls=_calls(plan),
        run=run,
    )
    return replace(found, plan=plan)


def _calls(plan: Plan) -> tuple[str, ...]:
    """Names of the rpcs that it may call, those that do many lookups at once included."""
    alone = {step.rpc.name for step in plan.steps}
    many = {step.pair.batch.name for step in plan.steps if step.pair is not None}
    return tuple(sorted(alone | many))

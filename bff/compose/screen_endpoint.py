"""What all screens have in common, however they are written: a GET, and when it is cut off.

Called by compose/screen.py, compose/view/serving (endpoints, runner).
"""

from bff.compose.endpoint import Endpoint, Parameter, Run
from bff.contract.routes.path_template import PathTemplate
from bff.terms.access import Policy, declared
from bff.terms.codes import Code
from bff.terms.errors import ServiceSilent

GRACE_S = 0.025
"""How long after its deadline a screen that hangs in code of its own is cut off."""


def screen_endpoint(  # noqa: PLR0913 - an endpoint is what it lists
    *,
    name: str,
    template: PathTemplate,
    client: str,
    access: Policy,
    deadline_s: float,
    about: str,
    declared_at: str,
    parameters: tuple[Parameter, ...],
    calls: tuple[str, ...],
    run: Run,
) -> Endpoint:
    """All of a screen's endpoint but what its answer looks like.

    about  a line, and then as many as there are
    Raises ContractMistake for an access policy that is none
    """
    summary, _, description = about.partition("\n")
    return Endpoint(
        name=name,
        method="GET",
        template=template,
        client=client,
        access=declared(access, where=declared_at),
        deadline_s=deadline_s,
        max_body_bytes=0,
        summary=summary,
        description=description.strip(),
        deprecated=False,
        tags=(client,),
        declared_at=declared_at,
        parameters=parameters,
        body=None,
        body_required=False,
        answer=None,
        success_status=200,
        components={},
        calls=calls,
        soft=True,  # every screen says whether it is whole
        run=run,
    )


def overdue(name: str) -> ServiceSilent:
    """A screen's own code took longer than its deadline and the grace."""
    return ServiceSilent(
        "The answer could not be put together in time.",
        reason="upstream-timeout",
        code=Code.DEADLINE_EXCEEDED,
        source=name,
    )

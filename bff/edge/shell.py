"""The app behind the front door, or on the admin port: probes, documents, metrics, and 404s.

Why       Starlette and not FastAPI: nothing here is validated, and FastAPI with pydantic would be
          a quarter of a worker's memory.
Called by app.
Never     answers an error in Starlette's own shape, or a path with a redirect.
Source    Starlette "Applications", "Routing".
"""

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from bff.edge.answers import Answers
from bff.edge.problem import Problems


def shell(
    routes: Iterable[BaseRoute],
    *,
    problems: Problems | None = None,
    beyond: ASGIApp | None = None,
) -> Starlette:
    """An app of these routes.

    problems  how errors are written
    beyond    who is asked at paths that none of the routes has; None: they are a 404
    """
    answers = Answers(problems or Problems())
    app = Starlette(routes=list(routes), exception_handlers=answers.by_kind)
    app.router.redirect_slashes = False
    if beyond is not None:
        app.router.default = beyond
    return app

"""Who is refused first when this process can't do everything. Pure.

Why       What can wait is refused early, so that what cannot is answered in time: a refusal costs
          a tenth of an answer, and a queue costs everybody.
Called by app, for each request, before anything else is asked of it.
Never     refuses what is critical while anything else is let in.
Source    Google SRE book, "Handling Overload"; docs/spec/reliability.md section 2, "overload 10x".
"""

from collections.abc import Mapping
from random import uniform
from types import MappingProxyType

from bff.terms.codes import Code
from bff.terms.criticality import Criticality
from bff.terms.errors import ServiceSilent

_WITHSTANDS: Mapping[Criticality, int] = MappingProxyType(
    {"sheddable": 0, "normal": 1, "critical": 2}
)
WAIT_S = (1.0, 4.0)
"""Not all who were refused at once should come back at once."""


def shed(criticality: Criticality, pressure: int) -> None:
    """Raises ServiceSilent where the pressure is too high for this.

    pressure  0: none; 1: what can wait is refused; 2: only what is critical is not
    """
    if pressure > _WITHSTANDS[criticality]:
        raise ServiceSilent(
            "This server has too much to do: try again in a moment.",
            reason="overloaded",
            code=Code.UNAVAILABLE,
            retry_after_s=uniform(*WAIT_S),  # noqa: S311 - nobody gains by guessing it
        )

"""The deadline that the part of a screen under way may use up.

Why       `fanout` gives a soft part less time than its screen. The part's call is an ordinary
          coroutine made
          before the fan-out saw it, so the budget travels with the task that runs it.
Called by compose/fanout.py (narrows it), calls/pipeline.py (obeys it).
Never     carries an identity: who calls is passed by hand, always (docs/spec/threats.md,
          contextvars row).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bff.terms.deadline import Deadline

_BUDGET: ContextVar[Deadline | None] = ContextVar("budget", default=None)


@contextmanager
def narrowed_to(deadline: Deadline) -> Iterator[None]:
    """Calls made inside end by `deadline` at the latest; an outer, earlier budget still holds."""
    token = _BUDGET.set(effective(deadline))
    try:
        yield
    finally:
        _BUDGET.reset(token)


def effective(deadline: Deadline) -> Deadline:
    """The earlier of `deadline` and the budget in force."""
    budget = _BUDGET.get()
    return deadline if budget is None else min(deadline, budget)

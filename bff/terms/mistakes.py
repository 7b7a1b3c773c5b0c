"""Mistakes in what was declared (protos, views, config), found at boot and told all at once.

Why       A boot that stops at the first mistake costs its reader one restart per mistake.
Called by contract and compose (find them), app and cli (print them).
Never     reaches an HTTP client: a BFF with a mistake does not start.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class ContractMistake(Exception):
    """One mistake: `what` says what to change, `where` is "file:line", an rpc, or a setting's name.

    >>> str(ContractMistake("the path needs a leading /", where="todos.v1.TodoService/GetTodo"))
    'the path needs a leading / @ todos.v1.TodoService/GetTodo'
    """

    def __init__(self, what: str, *, where: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where

    def __str__(self) -> str:
        return f"{self.what} @ {self.where}" if self.where else self.what


class ContractMistakes(ExceptionGroup[ContractMistake]):
    """Every mistake of one boot, once, sorted by place."""

    @classmethod
    def of(cls, mistakes: Iterable[ContractMistake]) -> "ContractMistakes":
        found = {(mistake.where, mistake.what): mistake for mistake in mistakes}
        return cls("the contract has mistakes", [found[place] for place in sorted(found)])

    @property
    def each(self) -> tuple[ContractMistake, ...]:
        return tuple(one for one in self.exceptions if isinstance(one, ContractMistake))

    @property
    def whats(self) -> tuple[str, ...]:
        """What each mistake says, without its place."""
        return tuple(one.what for one in self.each)


@contextmanager
def collected(mistakes: list[ContractMistake]) -> Iterator[None]:
    """Mistakes that are raised inside join the others."""
    try:
        yield
    except ContractMistake as mistake:
        mistakes.append(mistake)
    except ContractMistakes as group:
        mistakes += group.each


def raise_any(mistakes: Iterable[ContractMistake]) -> None:
    """Raises ContractMistakes where there is one."""
    if found := list(mistakes):
        raise ContractMistakes.of(found)

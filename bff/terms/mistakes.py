"""Mistakes in what was declared (protos, views, config), found at boot and told all at once.

Why       A boot that stops at the first mistake costs its reader one restart per mistake.
Called by contract and compose (find them), app and cli (print them).
Never     reaches an HTTP client: a BFF with a mistake does not start.
"""

from collections.abc import Iterable


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
    """Every mistake of one boot, sorted by place."""

    @classmethod
    def of(cls, mistakes: Iterable[ContractMistake]) -> "ContractMistakes":
        found = sorted(mistakes, key=lambda mistake: (mistake.where, mistake.what))
        return cls("the contract has mistakes", found)

    @property
    def whats(self) -> tuple[str, ...]:
        """What each mistake says, without its place."""
        return tuple(one.what for one in self.exceptions if isinstance(one, ContractMistake))

"""The verifier with one check taken out: every `raise` in turn, and every half of a condition.

Called by test_mutants.py.
Never     changes a file: a mutant is the module's source, changed and run beside it.
"""

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import getsource
from types import ModuleType

import pytest


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the check of that number in its module. `what` is its line as it was."""

    module: ModuleType
    number: int
    what: str

    def __str__(self) -> str:
        return f"{self.module.__name__.rpartition('.')[2]} {self.number}: {self.what}"


def mutants_of(module: ModuleType) -> Iterator[Mutant]:
    """Every check of a module, one taken out at a time."""
    source = getsource(module)
    lines = source.splitlines()
    number = 0
    while True:
        surgeon = _Surgeon(number)
        surgeon.visit(ast.parse(source))
        if not surgeon.line:
            return
        yield Mutant(module, number, lines[surgeon.line - 1].strip())
        number += 1


@contextmanager
def alive(mutant: Mutant, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """While inside, whoever uses one of the module's functions uses the mutant's."""
    tree = ast.parse(getsource(mutant.module))
    changed = ast.fix_missing_locations(_Surgeon(mutant.number).visit(tree))
    twin = ModuleType(mutant.module.__name__)
    with patch.context() as patched:
        patched.setitem(sys.modules, twin.__name__, twin)  # dataclasses look for their module
        exec(compile(changed, "mutant", "exec"), twin.__dict__)
        patched.setitem(sys.modules, twin.__name__, mutant.module)
        before = dict(vars(mutant.module))
        for user in [one for name, one in sys.modules.items() if name.startswith("bff.guard.")]:
            for name, function in before.items():
                if callable(function) and vars(user).get(name) is function:
                    patched.setattr(user, name, vars(twin)[name])
        yield


class _Surgeon(ast.NodeTransformer):
    """Takes out the check of that number; `line` is its line, 0 where there are not as many."""

    def __init__(self, number: int) -> None:
        self._left = number
        self.line = 0

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return ast.Pass() if self._is_it(node) else node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        for index, value in enumerate(node.values):
            if self._is_it(value):
                rest = node.values[:index] + node.values[index + 1 :]
                return rest[0] if len(rest) == 1 else ast.BoolOp(op=node.op, values=rest)
        return node

    def _is_it(self, node: ast.stmt | ast.expr) -> bool:
        self._left -= 1
        if self._left != -1:
            return False
        self.line = node.lineno
        return True

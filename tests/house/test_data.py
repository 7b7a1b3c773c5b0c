"""Rule 5: data is frozen, long argument lists are keyword-only. Rule 9: no module keeps state."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import BENCH, BFF, Finding, Source, dotted, holds, lines_found

# Taken by position, `self` aside. Rule 5 asks for keywords from the third on; the rule here leaves
# room for one more, since a plain pair and what to do with it still reads well at the call.
POSITIONAL = 3
MUTABLE_CALLS = frozenset(
    "dict list set bytearray defaultdict deque Counter OrderedDict WeakKeyDictionary"
    " WeakValueDictionary".split()
)
MUTABLE_NODES = ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp
READ_ONLY = frozenset("Final Mapping Schema Sequence Set AbstractSet Collection Iterable".split())


def thawed(source: Source) -> Iterator[Finding]:
    for node in source.classes():
        for mark in node.decorator_list:
            if dotted(mark.func if isinstance(mark, ast.Call) else mark).endswith("dataclass"):
                missing = {"frozen", "slots"} - _true_keywords(mark)
                if missing:
                    asked = ", ".join(f"{name}=True" for name in sorted(missing))
                    yield Finding(node.lineno, f"dataclass {node.name} without {asked}")


def _true_keywords(mark: ast.expr) -> set[str]:
    given = mark.keywords if isinstance(mark, ast.Call) else []
    return {it.arg or "" for it in given if isinstance(it.value, ast.Constant) and it.value.value}


def positional(source: Source) -> Iterator[Finding]:
    for node in source.functions():
        taken = [it.arg for it in (*node.args.posonlyargs, *node.args.args)]
        own = taken[1:] if taken[:1] in (["self"], ["cls"]) else taken
        if len(own) > POSITIONAL and not node.name.startswith("_"):
            yield Finding(
                node.lineno, f"{node.name}({', '.join(own)}): put a * where the order stops helping"
            )


def module_state(source: Source) -> Iterator[Finding]:
    for node in source.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and _mutable(node.value):
            names = node.targets if isinstance(node, ast.Assign) else [node.target]
            told = ", ".join(ast.unparse(name) for name in names)
            if told != "__all__" and not _read_only(node):
                yield Finding(
                    node.lineno, f"{told} can change: a tuple, frozenset, Mapping, or pass it in"
                )
    for inner in ast.walk(source.tree):
        if isinstance(inner, ast.Global):
            yield Finding(inner.lineno, f"global {', '.join(inner.names)}: keep state in an object")


def _mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return dotted(value.func).rpartition(".")[2] in MUTABLE_CALLS
    return isinstance(value, MUTABLE_NODES)


def _read_only(node: ast.Assign | ast.AnnAssign) -> bool:
    if isinstance(node, ast.Assign):
        return False
    outer = node.annotation
    name = dotted(outer.value if isinstance(outer, ast.Subscript) else outer)
    return name.rpartition(".")[2] in READ_ONLY


def test_every_dataclass_is_frozen_and_has_slots() -> None:
    holds(thawed, BFF, BENCH)


def test_long_lists_of_arguments_are_keyword_only() -> None:
    holds(positional, BFF, BENCH)


def test_no_module_keeps_mutable_state() -> None:
    holds(module_state, BFF, BENCH)


@pytest.mark.parametrize(
    "mark",
    ["@dataclass", "@dataclass()", "@dataclasses.dataclass(frozen=True)", "@dataclass(slots=True)"],
)
def test_the_dataclass_rule_asks_for_both_words(mark: str) -> None:
    assert [2] == lines_found(thawed, f"{mark}\nclass Point: ...\n")


def test_the_dataclass_rule_accepts_both_words_and_other_decorators() -> None:
    text = "@dataclass(frozen=True, slots=True)\nclass A: ...\n@final\nclass B: ...\n"
    assert [] == lines_found(thawed, text)


def test_the_argument_rule_counts_positions_and_not_self() -> None:
    text = (
        "def four(a, b, c, d): ...\n"
        "class Plan:\n"
        "    def three(self, a, b, c): ...\n"
        "    async def four(self, a, b, c, /, d=1): ...\n"
        "def named(a, *, b, c, d): ...\n"
    )
    assert [1, 4] == lines_found(positional, text)


@pytest.mark.parametrize(
    "line",
    [
        "SEEN = {}",
        "seen: dict[str, int] = {}",
        "ROWS = [1]",
        "IDS = set()",
        "Q = collections.deque()",
    ],
)
def test_the_state_rule_finds_what_can_change(line: str) -> None:
    assert [1] == lines_found(module_state, f"{line}\n")


def test_the_state_rule_finds_the_global_statement() -> None:
    assert [2] == lines_found(module_state, "def f():\n    global seen\n    seen = 1\n")


@pytest.mark.parametrize(
    "line",
    [
        "ROWS = (1, 2)",
        "NAMES: Mapping[str, int] = {}",
        "KINDS: Final = {}",
        "TABLE = MappingProxyType({})",
        "IDS = frozenset({1})",
        "__all__ = ['x']",
        "def f():\n    rows = []",
    ],
)
def test_the_state_rule_lets_constants_pass(line: str) -> None:
    assert [] == lines_found(module_state, f"{line}\n")


def test_functions_are_seen_wherever_they_stand() -> None:
    """The rules above stand on this: nested and async functions count."""
    source = Source.of("class A:\n    def a(self):\n        async def b(): ...\n")
    assert ["a", "b"] == sorted(node.name for node in source.functions())

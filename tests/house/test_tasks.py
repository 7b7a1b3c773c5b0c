"""Nobody's request runs in the context of somebody else's (docs/spec/threats.md, contextvars row).

Why       A task inherits what its maker's context carries. Work that others wait for, too, or that
          goes on behind its maker's back, must not.
"""

import ast
from collections.abc import Iterator, Mapping

import pytest

from tests.house.source import BFF, ROOT, Finding, Source, dotted, holds, lines_found

TASKS = ("create_task", "ensure_future")
THEIR_MAKERS: Mapping[str, str] = {
    "bff/compose/ahead.py": "the next piece of the answer that its reader takes",
    "bff/compose/fanout.py": "the parts of a screen, in the budget of that screen",
    "bff/compose/idempotency.py": "the request's own work, which only its waiting may leave",
    "bff/compose/together.py": "the items of a request",
    "bff/compose/view/running/under_way.py": "the calls of a view",
    "bff/edge/batches/batch.py": "the requests of a batch",
    "bff/edge/http1/cycle.py": "a request itself, begun by its connection",
    "bff/edge/lifespan.py": "the process itself",
    "bff/edge/stream.py": "a request's work, beside the watch for its client",
    "bff/edge/websocket.py": "the two halves of one conversation",
    "bff/guard/tokens/key_set.py": "the process's own keeper, from boot on",
    "bff/reload.py": "the process's own watch over files",
    "bff/serve.py": "the process itself",
    "bff/transport/grpcio.py": "the requests of a stream that its reader has open",
    "bff/transport/http2/transport.py": "the requests of a stream that its reader has open",
}
"""Whose tasks are their maker's own and of nobody else, and what they are."""
BUDGET = "bff/calls/budget.py"


def inheriting(source: Source) -> Iterator[Finding]:
    """Tasks that begin in their maker's context."""
    for call in source.calls():
        if dotted_end(call) in TASKS and not _is_empty(call):
            yield Finding(call.lineno, "give it context=Context(), or say here whose it is")


def others(source: Source) -> Iterator[Finding]:
    if source.place not in THEIR_MAKERS:
        yield from inheriting(source)


def variables(source: Source) -> Iterator[Finding]:
    """A context variable finds its way to whoever did not ask for it: one is enough."""
    for node in ast.walk(source.tree):
        named = isinstance(node, ast.Name) and node.id == "ContextVar"
        if named and source.place != BUDGET:
            yield Finding(node.lineno, f"hand it on as an argument; {BUDGET} has the only one")


def dotted_end(call: ast.Call) -> str:
    """The last name of what is called, whatever stands before it: `get_loop().create_task`."""
    called = call.func
    return called.attr if isinstance(called, ast.Attribute) else dotted(called)


def _is_empty(call: ast.Call) -> bool:
    return any(it.arg == "context" and ast.unparse(it.value) == "Context()" for it in call.keywords)


def test_work_for_others_begins_in_an_empty_context() -> None:
    holds(others, BFF)


def test_no_exception_has_outlived_its_task() -> None:
    texts = {place: (ROOT / place).read_text(encoding="utf-8") for place in THEIR_MAKERS}
    assert [] == [it for it, text in texts.items() if not lines_found(inheriting, text, it)]


def test_only_a_deadline_travels_by_context() -> None:
    holds(variables, BFF)


@pytest.mark.parametrize(
    "line",
    [
        "asyncio.create_task(work())",
        "loop().create_task(work(), name='x')",
        "asyncio.ensure_future(work())",
        "loop.create_task(work(), context=copy_context())",
    ],
)
def test_the_task_rule_finds_what_inherits(line: str) -> None:
    assert [1] == lines_found(others, f"{line}\n")


def test_the_task_rule_lets_an_empty_context_pass() -> None:
    assert [] == lines_found(others, "asyncio.create_task(work(), context=Context())\n")


def test_the_variable_rule_knows_the_only_one() -> None:
    text = "who: ContextVar[str] = ContextVar('who')\n"
    assert [1, 1] == lines_found(variables, text)
    assert [] == lines_found(variables, text, BUDGET)

"""Screens: what a declaration gives, and what it refuses at import."""

import asyncio
import json
import types
from dataclasses import replace
from pathlib import Path

import pytest

import tests.journeys.handmade
from bff.calls.pipeline import pipeline
from bff.compose.endpoint import Ask
from bff.compose.screen import GRACE_S, endpoint_of, screen, screens_of
from bff.compose.shape import Shape
from bff.compose.visit import Visit
from bff.terms.access import SIGNED_IN
from bff.terms.context import Identity, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import BadInput, ServiceSilent
from bff.terms.events import silence
from bff.terms.mistakes import ContractMistakes


class Seen(Shape):
    """What the screen was asked."""

    by: str
    code: str
    days: int
    whole: bool


@screen(get="/web/v1/seen/{code}", client="web", deadline_ms=100)
async def seen(visit: Visit, *, code: str, days: int = 30, whole: bool = False) -> Seen:
    """Shows what it was asked.

    And nothing else.
    """
    return Seen(by=visit.caller_id, code=code, days=days, whole=whole)


CALLS = pipeline({}, emit=silence)


def asked(query: str = "", code: str = "abc") -> Ask:
    return Ask(values=(code,), query=query, body=b"", content_type="", headers={})


def a_context(seconds: float = 5.0) -> RequestContext:
    return RequestContext(
        request_id="r", deadline=Deadline.after(seconds), identity=Identity(subject="ada")
    )


async def answer_to(query: str) -> object:
    return json.loads((await endpoint_of(seen, CALLS).run(a_context(), asked(query))).body)


async def test_inputs_come_from_the_path_and_the_query():
    given = await answer_to("days=7&whole=true")
    assert {"by": "ada", "code": "abc", "days": 7, "whole": True} == given
    assert {"by": "ada", "code": "abc", "days": 30, "whole": False} == await answer_to("")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("daze=1", "unknown-parameter"),
        ("days=1&days=2", "duplicate-parameter"),
        ("days=x", "invalid-field"),
        ("days=1.0", "invalid-field"),
        ("days=%D9%A3", "invalid-field"),
        ("days=99999999999", "invalid-field"),
        ("whole=yes", "invalid-field"),
        ("fields=code", "unknown-parameter"),
        ("days=%ff", "malformed-request"),
        ("days=%zz", "malformed-request"),
        ("&".join(f"a{n}=1" for n in range(101)), "too-many-parameters"),
    ],
)
async def test_rows_39_40_42_43_a_bad_parameter_is_refused(query, reason):
    with pytest.raises(BadInput) as caught:
        await answer_to(query)
    assert reason == caught.value.reason


def test_a_declaration_says_everything_that_is_served():
    endpoint = endpoint_of(seen, CALLS)

    assert ("web_seen", "GET", "web", SIGNED_IN, 0.1) == (
        endpoint.name,
        endpoint.method,
        endpoint.client,
        endpoint.access,
        endpoint.deadline_s,
    )
    assert ("Shows what it was asked.", "And nothing else.") == (
        endpoint.summary,
        endpoint.description,
    )
    assert [("code", "path", True), ("days", "query", False), ("whole", "query", False)] == [
        (one.name, one.where, one.required) for one in endpoint.parameters
    ]
    assert {"type": "boolean", "default": False} == endpoint.parameters[2].schema
    assert {"$ref": "#/components/schemas/web.Seen"} == endpoint.answer
    file, _, line = endpoint.declared_at.partition(":")
    assert "tests/compose/test_screen.py" == file
    assert Path(__file__).read_text().splitlines()[int(line) - 1].startswith("@screen")


async def test_a_screen_that_hangs_in_its_own_code_is_cut_off():
    async def hang(visit: Visit, **_inputs: object) -> Seen:
        return await asyncio.get_running_loop().create_future()

    endpoint = endpoint_of(replace(seen, show=hang), CALLS)
    with pytest.raises(ServiceSilent) as caught:
        await endpoint.run(a_context(seconds=-GRACE_S), asked())
    assert "upstream-timeout" == caught.value.reason


def test_a_path_variable_without_a_parameter_is_a_mistake():
    with pytest.raises(ContractMistakes) as caught:

        @screen(get="/web/v1/{id}", client="web", deadline_ms=1)
        async def lost(visit: Visit) -> Seen: ...

    assert ("id is no parameter of lost()",) == caught.value.whats


def test_a_parameter_of_an_odd_type_is_a_mistake():
    with pytest.raises(ContractMistakes) as caught:

        @screen(get="/web/v1/x", client="web", deadline_ms=1)
        async def odd(visit: Visit, *, ratio: float) -> Seen: ...

    assert ("input ratio must be str, int or bool",) == caught.value.whats


def test_screens_are_found_by_looking_not_by_importing():
    assert ["web.home"] == [one.name for one in screens_of(tests.journeys.handmade)]
    assert () == screens_of(types.SimpleNamespace(__path__=[], __name__="empty"))  # type: ignore[arg-type]

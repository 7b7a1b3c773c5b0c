"""Wrong requests are refused, and refused as the document says (OA6, OA7): schemathesis makes them.

It leaves out what is required, adds what nobody knows, and sends wrong types, media types and
methods; every answer is held against the document by all of its checks.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from bff.publish.session_paths import session_paths
from tests.openapi.asked import operations_of
from tests.openapi.forgiven import forgiven
from tests.openapi.held import Held
from tests.openapi.served import Served

LONG = "OPENAPI_EXAMPLES" in os.environ
EXAMPLES = int(os.environ.get("OPENAPI_EXAMPLES", "3"))
SEED = 1
CHECKED = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
}
"""What must have been checked at all; missing_required_header has nothing to check: no operation
of ours requires a header.
"""


def violations(served: Served, seen: set[str]) -> Iterator[str]:
    """One line per broken promise. `seen` collects the names of the checks that were made."""
    document = forgiven(_for_a_token(served.document))
    schema = schemathesis.openapi.from_dict(document, config=_config(served))
    for event in from_schema(schema).execute():
        if isinstance(event, events.FatalError | events.NonFatalError):
            yield repr(event)
        if isinstance(event, events.ScenarioFinished):
            for case_id, checks in event.recorder.checks.items():
                seen.update(check.name for check in checks)
                interaction = event.recorder.interactions.get(case_id)
                for check in checks:
                    if check.failure_info and not _argued(check, interaction):
                        yield _told(check, interaction)


def _for_a_token(document: Mapping[str, Any]) -> dict[str, Any]:
    """What has whole answers, as one who has a token asks for it: the tool would make up cookies,
    and fill a header that only they need.
    """
    components = document["components"]
    schemes = components.get("securitySchemes", {}).items()
    components = {**components, "securitySchemes": {k: it for k, it in schemes if k == "bearer"}}
    paths = {
        path: {method: _by_token(one) for method, one in item.items()}
        for path, item in document["paths"].items()
        if "text/event-stream" not in str(item) and path not in session_paths()
    }
    return {**document, "paths": paths, "components": components}


def _by_token(operation: Any) -> Any:
    if "security" not in operation:
        return operation
    return {**operation, "security": [it for it in operation["security"] if "bearer" in it]}


def _config(served: Served) -> SchemathesisConfig:
    headers = {name.title(): text for name, text in served.bearer.items()}
    return SchemathesisConfig.from_dict(
        {
            "base-url": served.url,
            "headers": headers,
            "seed": SEED,
            "continue-on-failure": True,
            "request-timeout": 5,
            "generation": {
                "mode": "negative",
                "max-examples": EXAMPLES,
                "database": "none",
                "allow-x00": False,
            },
            "phases": {"stateful": {"enabled": False}, "examples": {"enabled": False}},
            # what must be taken, the strict document says: see test_demo_oracle, test_echo_oracle
            "checks": {"positive_data_acceptance": {"enabled": False}},
        }
    )


def _argued(check: Any, interaction: Any) -> bool:
    """The one deviation that is meant (PM3, PM13): /v1/todos/{todo_id} takes `t-1:complete` for an
    id, so its methods are allowed there, too; OpenAPI has no words for a path inside of another.
    """
    colon = re.search(r"/[^/?]+:[a-z]+(\?|$)", interaction.request.uri)
    return check.name == "allow_header_conformance" and colon is not None


def _told(check: Any, interaction: Any) -> str:
    request, failure = interaction.request, check.failure_info.failure
    status = interaction.response.status_code if interaction.response else "no answer"
    said = f"{failure.title}: {failure.message}".replace("\n", " ")[-200:]
    return f"{check.name}: {request.method} {request.uri} {request.body or b''!r} {status} {said}"


@pytest.mark.timeout(3_600)
def test_wrong_requests_to_the_demo_are_refused_as_the_document_says_oa7(demo: Served) -> None:
    seen: set[str] = set()

    assert [] == list(violations(demo, seen))
    assert set() == CHECKED - seen
    assert [] == demo.crashes


@pytest.mark.timeout(3_600)
@pytest.mark.skipif(not LONG, reason="a minute long: OPENAPI_EXAMPLES=20 make test runs it")
def test_wrong_requests_to_the_echo_are_refused_as_the_document_says_oa7(echo: Served) -> None:
    if echo.bff.settings.json.unknown_fields == "ignore":
        pytest.skip("a lenient route skips what it does not know, which is no refusal (PJ17)")
    assert [] == list(violations(echo, set()))
    assert [] == echo.crashes


def test_a_server_that_takes_everything_is_found(demo: Served) -> None:
    """Guards the oracle: a document that promises less than is served is told of."""
    narrow = replace(demo, document=_with_a_short_title(demo.document))
    found = [line.partition(":")[0] for line in violations(narrow, set())]

    assert "negative_data_rejection" in found


def _with_a_short_title(document: Mapping[str, Any]) -> dict[str, Any]:
    """It says that a todo's title is one character, which is not so."""
    title = {"type": "string", "minLength": 1, "maxLength": 1}
    schema = {"type": "object", "properties": {"title": title}, "required": ["title"]}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    create = {**document["paths"]["/v1/todos"]["post"], "requestBody": body}
    return {**document, "paths": {"/v1/todos": {"post": create}}}


@pytest.mark.parametrize(
    "query, name", [("limit=x", "limit"), ("limit=1&limit=2", "limit"), ("what=1", "what")]
)
def test_a_wrong_request_for_a_stream_is_refused_before_it_starts_oa7(
    demo: Served, query: str, name: str
) -> None:
    """The tool above reads an answer to its end, which a stream need not have."""
    operations = operations_of(demo.document)
    watch = next(one for one in operations if str(one) == "TodoService_WatchTodos")
    answer = demo.client.get(f"{watch.path}?{query}", headers=demo.bearer)

    assert [] == Held(demo.document).violations(watch, answer)
    assert (400, [name]) == (
        answer.status_code,
        [one["path"] for one in answer.json()["errors"]],
    )


@pytest.mark.parametrize(
    "schema, value",
    [({"type": "integer"}, "1"), ({"type": "string", "format": "int64"}, 1)],
)
def test_what_is_forgiven_is_in_the_forgiving_document_pj1_pj2(schema: Any, value: Any) -> None:
    body = {"content": {"application/json": {"schema": schema}}}
    paths = {"/x": {"post": {"requestBody": body}}}
    wide = forgiven({"components": {"schemas": {}}, "paths": paths})
    choices = wide["paths"]["/x"]["post"]["requestBody"]["content"]["application/json"]["schema"]

    kinds = {"integer": int, "string": str}
    assert any(isinstance(value, kinds[one["type"]]) for one in choices["anyOf"])

"""One truth: what the router serves, what the document lists, what `bff routes` prints (OA7)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from bff.cli import main
from bff.compose.blueprint import Blueprint
from bff.contract.routes.router import Match
from bff.publish.openapi import text_of
from tests.journeys.conftest import ROOT
from tests.openapi.asked import operations_of
from tests.openapi.documents import demo_blueprint, demo_document, echo_document

CONFIG = ["--config", str(ROOT / "bff.toml")]


@pytest.fixture(scope="module")
def blueprint() -> Blueprint:
    return demo_blueprint()


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert 0 == main([*words, *CONFIG])
    return capsys.readouterr().out


def test_the_document_lists_what_routes_lists_oa7(
    blueprint: Blueprint, capsys: pytest.CaptureFixture[str]
) -> None:
    routes = json.loads(printed(capsys, "routes", "--json"))
    documented = {(one.method, str(one)) for one in operations_of(demo_document())}

    assert {(row["method"], row["name"]) for row in routes} == documented
    assert len(blueprint.endpoints) == len(routes) == len(documented)


def test_the_router_serves_each_documented_operation_at_its_path_oa7(blueprint: Blueprint) -> None:
    for operation in operations_of(demo_document()):
        path = re.sub(r"\{[^{}]+\}", "x", operation.path)
        found = blueprint.router.match(operation.method, path)

        assert isinstance(found, Match)
        assert str(operation) == found.target.name


def test_who_may_come_in_is_what_the_table_of_policies_says_oa5(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By a token, or by a session's cookie; what changes something shows the header with it."""
    policies = json.loads(printed(capsys, "routes", "--policy", "--json"))

    def wanted(row: dict[str, str]) -> list[dict[str, list[str]]]:
        scopes = re.findall(r"scope:(\S+)", row["access"])
        marked = {} if row["method"] == "GET" else {"csrf": list[str]()}
        return [{"bearer": scopes}, {"session": scopes, **marked}]

    assert {
        (row["method"], row["name"]): wanted(row) if row["access"] != "public" else []
        for row in policies
    } == {
        (one.method, str(one)): one.about.get("security", [])
        for one in operations_of(demo_document())
    }


@pytest.mark.parametrize("document", [demo_document(), echo_document()], ids=["demo", "echo"])
def test_the_document_is_valid_openapi_3_1_oa1(document: Any) -> None:
    OpenAPIV31SpecValidator(json.loads(json.dumps(document))).validate()


def test_the_command_prints_what_is_served_oa1(
    blueprint: Blueprint, capsys: pytest.CaptureFixture[str]
) -> None:
    assert text_of(blueprint) == printed(capsys, "openapi")


def test_the_command_writes_a_file_and_knows_whether_it_is_stale_oa1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "openapi.json"
    before = main(["openapi", *CONFIG, "--check", str(file)])
    written = main(["openapi", *CONFIG, "--output", str(file)])
    after = main(["openapi", *CONFIG, "--check", str(file)])

    assert (1, 0, 0) == (before, written, after)
    assert f"python -m bff openapi --output {file}" in capsys.readouterr().err


def test_the_text_is_yaml_as_well_oa1(blueprint: Blueprint) -> None:
    """Also to a reader of YAML 1.1, to whom 3.4e38 would be a text."""
    text = text_of(blueprint)

    assert json.loads(text) == yaml.safe_load(text)
    assert {"most": 3.4028235e38} == yaml.safe_load(json.dumps({"most": 3.4028235e38}))


def test_every_service_is_a_tag_with_its_own_comment_oa5() -> None:
    tags = {tag["name"]: tag.get("description", "") for tag in echo_document()["tags"]}

    assert {"echo.v1.EchoService": "Says back what it heard."} == tags


def test_a_deprecated_rpc_is_deprecated_in_all_its_bindings_oa5() -> None:
    old = [str(one) for one in operations_of(echo_document()) if one.about.get("deprecated")]

    assert ["EchoService_Old", "EchoService_Old1"] == sorted(old)


def test_each_binding_has_an_operation_id_of_its_own_oa5_pt14() -> None:
    names = [str(one) for one in operations_of(echo_document())]

    assert len(names) == len(set(names))


def test_comments_become_summaries_oa5() -> None:
    about = {str(one): one.about for one in operations_of(echo_document())}

    assert "One thing, changed." == about["EchoService_Change"]["summary"]


def test_a_pattern_in_a_path_is_written_out_oa2() -> None:
    assert "/v1/shelves/{text-1}/books/{text-2}:read" in echo_document()["paths"]

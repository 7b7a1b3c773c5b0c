"""`bff explain`: any endpoint by its template or by a path, and the snapshot of every view."""

import json
from pathlib import Path

import pytest

from bff.cli import main
from bff.compose.blueprint import Blueprint
from bff.compose.view.plan import Plan
from bff.explaining import explanation, stale
from bff.terms.mistakes import ContractMistakes
from tests.compose.view.plans import dashboard, product_page
from tests.edge.conftest import an_endpoint
from tests.serve.library import SERVICE, write_protos

PAGE = "/web/v1/products/{product_id}"
TODOS = an_endpoint("/v1/todos", "POST", calls=("todos.v1.TodoService/CreateTodo",))


def served(*plans: Plan) -> Blueprint:
    views = [an_endpoint(one.get, plan=one) for one in plans]
    return Blueprint([*views, TODOS], title="test", version="1")


BOTH = served(product_page(), dashboard())


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that name a contract, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    write_protos(tmp_path / "protos")
    return ["--protos", "protos"]


@pytest.mark.parametrize("path", [PAGE, "/web/v1/products/p-1", "/web/v1/products/p-1?fields=a"])
def test_a_view_is_found_by_its_template_or_by_a_path(path):
    told = explanation(BOTH, "get", path, form="text")
    assert told.startswith(f"GET {PAGE}   web.ProductPage")
    assert told.endswith("computed by badge(get_product.title)\n")


@pytest.mark.parametrize(
    ("method", "path", "mistake"),
    [
        ("GET", "/web/v1/dashbord", "nothing is served there; did you mean /web/v1/dashboard?"),
        ("GET", "/zzz", "nothing is served there: `bff routes` lists what is"),
        ("GET", "", "nothing is served there: `bff routes` lists what is"),
        ("GET", "/v1/todos", "this path takes POST"),
        ("GET", "/web/v1/products/%00", "product_id: send it without control characters"),
    ],
)
def test_what_is_not_served_is_a_mistake_with_a_hint(method, path, mistake):
    with pytest.raises(ContractMistakes) as caught:
        explanation(BOTH, method, path, form="text")
    (told,) = caught.value.whats
    assert mistake in told


def test_without_a_path_every_view_is_told():
    heads = [
        line for line in explanation(BOTH, "", "", form="text").split("\n") if line[:4] == "GET "
    ]
    assert ["/web/v1/dashboard", PAGE] == [line.split()[1] for line in heads]
    assert ["web.Dashboard /web/v1/dashboard", f"web.ProductPage {PAGE}"] == list(
        json.loads(explanation(BOTH, "", "", form="json"))
    )
    assert 2 == explanation(BOTH, "", "", form="mermaid").count("flowchart LR")


def test_a_picture_shows_one_endpoint():
    with pytest.raises(ContractMistakes, match="mistakes") as caught:
        explanation(BOTH, "", "", form="svg")
    assert ("a picture shows one endpoint: name its METHOD and PATH",) == caught.value.whats


def test_a_snapshot_is_stale_until_it_is_written_again(tmp_path):
    file = tmp_path / "plans.json"
    file.write_text(explanation(served(product_page()), "", "", form="json"))
    assert () == stale(served(product_page()), file)
    assert (
        "this change adds web.Dashboard /web/v1/dashboard: rpcs: 1 + 1 per link",
        f"if it is meant: python -m bff explain --format json --output {file}",
    ) == stale(BOTH, file)


def test_without_a_snapshot_every_view_is_new(tmp_path):
    assert 3 == len(stale(BOTH, tmp_path / "none.json"))


def test_the_command_explains_a_transcoded_rpc(library, capsys):
    assert 0 == main(["explain", "GET", "/v1/shelves/a/books/b", *library])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("GET /v1/{name=shelves/*/books/*}   Library_GetBook   ")
    assert ["  deadline 2000 ms, 1 rpc, signed in", "", "asked", f"  {SERVICE}/GetBook"] == (
        lines[1:]
    )


def test_the_command_writes_a_picture_where_it_is_told(library, capsys):
    words = ["--format", "svg", "--output", "book.svg", *library]
    assert 0 == main(["explain", "GET", "/v1/shelves/a/books/b", *words])
    assert "" == capsys.readouterr().out
    assert "Library/GetBook" in Path("book.svg").read_text()


def test_the_command_refuses_a_stale_snapshot_and_takes_a_fresh_one(library, capsys):
    Path("plans.json").write_text('{"web.Home /web/v1/home": {}}')
    assert 1 == main(["explain", "--check", "plans.json", *library])
    assert "this change takes web.Home /web/v1/home away" == capsys.readouterr().err.split("\n")[0]
    assert 0 == main(["explain", "--format", "json", "--output", "plans.json", *library])
    assert 0 == main(["explain", "--check", "plans.json", *library])


def test_a_path_that_is_not_served_is_one_line(library, capsys):
    assert 1 == main(["explain", "GET", "/v2", *library])
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("mistake: nothing is served there")

"""The benchmark's own files agree with each other, and what is absent is one line."""

import re
from string import Template

import pytest

from bench.__main__ import _among
from bench.makers import CannotMake, downstream, gateway
from bench.places import BENCH, ROOT
from bench.report import _gateway_versions
from bench.workshop import fingerprint

TEMPLATE = (BENCH / "performance.template.md").read_text()
PARTS = {"promises", "bounds", "cases", "late", "startup", "growth", "conditions"}


def test_the_report_s_template_asks_for_what_the_run_has():
    assert PARTS == set(Template(TEMPLATE).get_identifiers())


def test_envoy_s_template_asks_for_ports_and_descriptors():
    text = (BENCH / "peers" / "envoy.yaml").read_text()
    asked = {"port", "users", "links", "items", "descriptors"}
    assert asked == set(Template(text).get_identifiers())


def test_go_modules_are_pinned_with_their_sums():
    pins = re.findall(r"^\t(\S+) (v\S+)", (BENCH / "peers/go/go.mod").read_text(), re.MULTILINE)
    sums = (BENCH / "peers/go/go.sum").read_text()
    assert [] == [one for one in pins if " ".join(one) not in sums]


def test_the_gateway_s_versions_are_told():
    assert re.match(r"grpc-gateway v2\.\d+\.\d+, grpc-go v1\.\d+\.\d+, ", _gateway_versions())


def test_without_a_compiler_the_services_are_python(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotMake, match=r"^no C compiler; a Python server is in their place"):
        downstream()


def test_without_go_there_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotMake, match=r"^no Go on the PATH"):
        gateway()


def test_a_part_is_made_anew_when_a_source_changed():
    assert fingerprint(["c"]) == fingerprint(["c"])
    assert fingerprint(["c"]) != fingerprint(["protos"])


@pytest.mark.parametrize(
    "names, wanted", [("", True), ("ours", True), ("FastAPI,ours, native", True), ("Envoy", False)]
)
def test_servers_are_chosen_by_how_their_names_begin(names, wanted):
    assert wanted is _among(names)("ours, native")


def test_everything_that_a_run_leaves_behind_is_ignored_by_git():
    assert "/build/" in (ROOT / ".gitignore").read_text().splitlines()

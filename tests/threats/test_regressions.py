"""Vulnerabilities of others that could come back here (docs/threats.md, the second table)."""

import re

import pytest
from google.protobuf import descriptor_pool
from google.protobuf.any_pb2 import Any as AnyMessage

from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.contract.json_text import parse
from bff.terms.errors import BadInput, ServiceSilent
from bff.terms.silence import UNREADABLE
from tests.journeys.conftest import ROOT, Demo

ANY = "type.googleapis.com/google.protobuf.Any"
UNLIMITED = JsonLimits(body_bytes=10_000_000, depth=100_000, nodes=1_000_000)
PUBLIC, PRIVATE = "/public/v1/links", "/v1/todos/t-1"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("end", ["?", "#", "/../..", "%3f", "\\", "@", ":1"])
async def test_cve_2026_48710_a_host_with_a_path_opens_nothing(demo: Demo, end: str):
    """Under a server that does not look at Host, too: rights are those of the path."""
    hosts = [f"t{path}{end}" for path in (PUBLIC, PRIVATE)]
    answers = [
        (await demo.public.get(path, headers={"host": host})).status_code
        for path in (PRIVATE, PUBLIC)
        for host in hosts
    ]
    assert [401, 401, 200, 200] == answers


@pytest.mark.parametrize(("depth", "limits"), [(200, JsonLimits()), (40_000, UNLIMITED)])
def test_cve_2026_0994_any_inside_any_is_bounded(types, depth: int, limits: JsonLimits):
    """Also where an operator has set the limit out of reach: the stack is no limit."""
    inside = f'{{"@type": "{ANY}", "value": ' * depth + "{}" + "}" * depth
    with pytest.raises(BadInput, check=lambda error: error.reason == "too-deep"):
        read_any(types, f'{{"any": {inside}}}'.encode(), limits)


def read_any(types, text: bytes, limits: JsonLimits):
    Codec(JsonOptions(any=True)).fill(types.Known(), parse(text, limits))


def test_cve_2026_0994_nor_can_a_service_send_it():
    """Its bytes are walked, not parsed: what is too deep is an answer that can't be read."""
    wire = b""
    for _ in range(5_000):
        wire = AnyMessage(type_url=ANY, value=wire).SerializeToString()
    with pytest.raises(ServiceSilent, check=lambda error: error.reason == UNREADABLE):
        Codec(JsonOptions(any=True), pool=descriptor_pool.Default()).wire_to_json(AnyMessage, wire)


def test_no_form_is_read_by_the_framework():
    """CVE-2023-30798, CVE-2024-47874, CVE-2026-54283, and python-multipart's own: forms are cut by
    contract/request/multipart.py, within limits.
    """
    reads = re.compile(r"\.form\(")
    files = [*(ROOT / "bff").rglob("*.py"), *(ROOT / "fake_services").rglob("*.py")]
    assert [] == [it.name for it in files if reads.search(it.read_text(encoding="utf-8"))]
    assert reads.search("form = await request.form()")

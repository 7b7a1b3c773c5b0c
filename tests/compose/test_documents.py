"""A body cut into its documents while it arrives, however it is torn."""

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.compose.documents import MOST_BLANK_BYTES, Documents
from bff.terms.errors import BadInput

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def cut(*parts: bytes, lines: bool = False, most_bytes: int = 100_000) -> list[bytes]:
    reader = Documents(most_bytes=most_bytes, lines=lines)
    found = [document for part in parts for document in reader.feed(part)]
    return [*found, *reader.end()]


def torn(body: bytes, places: list[int]) -> Iterator[bytes]:
    edges = sorted({0, len(body), *(place % (len(body) + 1) for place in places)})
    return (body[start:stop] for start, stop in pairwise(edges))


def refusal(*parts: bytes, **options: object) -> tuple[str, str]:
    with pytest.raises(BadInput) as caught:
        cut(*parts, **options)  # type: ignore[arg-type]
    return caught.value.reason, caught.value.detail


@pytest.mark.parametrize(
    ("body", "documents"),
    [
        (b'{"a":1}\n{"a":2}\n', [b'{"a":1}', b'{"a":2}']),
        (b'{"a":1}{"a":2}', [b'{"a":1}', b'{"a":2}']),
        (b' [{"a":1} , {"a":2}]\n', [b'{"a":1}', b'{"a":2}']),
        (b'{"a":[1,{"b":"}]\\""}]} {}', [b'{"a":[1,{"b":"}]\\""}]}', b"{}"]),
        (b'[1, "a,]", null ,[2]]', [b"1", b'"a,]"', b"null", b"[2]"]),
        (b'"a" 12 true', [b'"a"', b"12", b"true"]),
        (b"[]", []),
        (b" \r\n\t", []),
        (b"", []),
    ],
)
def test_st8_objects_in_a_row_or_in_one_array(body, documents):
    assert documents == cut(body)
    assert documents == cut(*(bytes([one]) for one in body))


def test_st8_a_line_of_ndjson_is_one_document_an_array_too():
    found = cut(b'["a"]\r\n\n["b"]', lines=True)
    assert [["a"], ["b"]] == [json.loads(one) for one in found]


@given(st.lists(VALUES, max_size=5), st.lists(st.integers(0, 10_000), max_size=6), st.booleans())
def test_st8_it_does_not_matter_where_the_pieces_end(values, places, array):
    texts = [json.dumps(one, ensure_ascii=False).encode() for one in values]
    body = b"[" + b" ,".join(texts) + b"]" if array else b"\n".join(texts)
    if not array and texts and texts[0].startswith(b"["):
        body = b"[" + body.replace(b"\n", b",") + b"]"
    assert values == [json.loads(one) for one in cut(*torn(body, places))]


@given(st.lists(VALUES, max_size=5), st.lists(st.integers(0, 10_000), max_size=6))
def test_lines_may_be_torn_anywhere(values, places):
    body = b"\n\n".join(json.dumps(one).encode() for one in values)
    assert values == [json.loads(one) for one in cut(*torn(body, places), lines=True)]


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=4), st.booleans())
def test_rubbish_is_handed_on_or_refused_the_same_however_it_is_torn(body, places, lines):
    """What is no JSON comes out in pieces that the reader of JSON refuses, or not at all."""
    outcomes = []
    for parts in ([body], list(torn(body, places))):
        try:
            outcomes.append(cut(*parts, lines=lines))
        except BadInput as bad:
            outcomes.append(bad.reason)
    assert outcomes[0] == outcomes[1]


def test_row_121_a_document_without_end_is_refused_before_it_is_in_memory():
    reader = Documents(most_bytes=100, lines=False)
    for _ in range(5):
        assert [] == list(reader.feed(b'{"a": "' + b"x" * 13))
    with pytest.raises(BadInput) as caught:
        list(reader.feed(b"x"))
    assert "body-too-large" == caught.value.reason


def test_row_121_a_line_without_end_is_refused():
    assert "body-too-large" == refusal(b"x" * 101, lines=True, most_bytes=100)[0]


@pytest.mark.parametrize(
    "body", [b'{"a":', b'{"a":1} {', b"[1", b"[1,", b"[", b'[{"a":1}', b'"a', b'["a\\"]']
)
def test_row_121_half_a_document_is_refused(body):
    assert "malformed-json" == refusal(body)[0]


@pytest.mark.parametrize("body", [b"[,1]", b"[1,]", b"[1,,2]", b"[1 2]", b"[1] 2", b"[1]]"])
def test_an_array_that_is_none_is_refused(body):
    assert "malformed-json" == refusal(body)[0]


@pytest.mark.parametrize("lines", [True, False])
def test_row_121_a_million_empty_lines_are_refused(lines):
    assert "malformed-json" == refusal(b"\n" * 1_000_000, lines=lines)[0]
    assert [b"{}"] * 2 == cut(b"{}" + b"\n" * MOST_BLANK_BYTES + b"{}", lines=lines)


def test_what_is_wrong_after_good_documents_comes_after_them():
    reader = Documents(most_bytes=100, lines=False)
    found = reader.feed(b"[{},{},,")
    assert [b"{}", b"{}"] == [next(found), next(found)]
    with pytest.raises(BadInput):
        next(found)

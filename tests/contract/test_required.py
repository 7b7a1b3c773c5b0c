"""A request that lacks something is told what, before any service is asked: HT12; row 83."""

import pytest

from bff.contract.request.missing import MOST_VIOLATIONS
from tests.contract.bindings import binder, kind, refusal

BOOK = ("Book.title", "Author.full_name")


def missing(made, *values: str, query: str = "", body: bytes = b"") -> list[str]:
    found = refusal(made, *values, query=query, body=body)
    assert "invalid-field" == found.reason
    return [one.path for one in found.violations]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        (b"{}", ["/title"]),
        (b'{"title": ""}', ["/title"]),
        (b'{"title": "T", "author": {}}', ["/author/fullName"]),
        (b'{"title": "T", "editors": [{"fullName": "E"}, {}]}', ["/editors/1/fullName"]),
        (b'{"title": "T", "readers": {"a/b": {}}}', ["/readers/a~1b/fullName"]),
        (b'{"author": {"fullName": "A", "teacher": {}}}', ["/title", "/author/teacher/fullName"]),
    ],
)
def test_ht12_row_83_every_missing_field_of_the_body_has_its_pointer(body, places):
    assert places == missing(binder("BookRequest", "POST /x", "book", required=BOOK), body=body)


def test_ht12_what_is_not_there_lacks_nothing():
    made = binder("BookRequest", "POST /x", "book", required=BOOK)
    assert kind("BookRequest")() == made.bind((), "", b"")
    assert "T" == made.bind((), "", b'{"title": "T"}').book.title


def test_ht12_a_required_parameter_is_named_as_such():
    made = binder("BookRequest", "GET /x", required=["BookRequest.name", "BookRequest.by_id"])
    assert ["name", "byId"] == missing(made)
    assert ["byId"] == missing(made, query="name=n")


def test_ht12_a_required_body_that_is_empty():
    made = binder("BookRequest", "POST /x", "book", required=["BookRequest.book"])
    assert [""] == missing(made)
    assert made.bind((), "", b"{}").HasField("book")


def test_ht12_in_a_body_that_is_all():
    made = binder("BookRequest", "POST /x/{name}", "*", required=["BookRequest.ids", *BOOK])
    assert ["/ids", "/book/title"] == missing(made, "n", body=b'{"book": {}}')


def test_ht12_a_zero_is_missing_only_where_presence_tells():
    """AIP-203; 0 and false without presence may be meant."""
    made = binder("BookRequest", required=["BookRequest.number", "BookRequest.draft"])
    assert 0 == made.bind((), "", b"").number
    strict = binder("BookRequest", required=["BookRequest.note", "BookRequest.limit"])
    assert ["note", "limit"] == missing(strict)
    assert strict.bind((), "note=&limit=0", b"").HasField("note")
    genre = binder("BookRequest", required=["BookRequest.genre"])
    assert ["genre"] == missing(genre, query="genre=0")


def test_ht12_the_url_fills_what_it_names():
    made = binder("BookRequest", "GET /x/{name}", required=["BookRequest.name"])
    assert "n" == made.bind(("n",), "", b"").name
    bare = binder("BookRequest", "GET /x/{name=**}", required=["BookRequest.name"])
    assert ["name"] == missing(bare, "")


def test_ht12_what_stands_in_the_url_is_never_missing_not_even_as_a_zero():
    made = binder(
        "BookRequest", "GET /x/{genre}", required=["BookRequest.genre", "BookRequest.name"]
    )
    assert ["name"] == missing(made, "0")


def test_ht12_a_type_inside_a_cycle_is_looked_into():
    """Author holds Author; whoever asks first must not settle the answer for the rest."""
    body = (
        b'{"title": "T", "author": {"fullName": "A", "teacher": {"fullName": "B", "teacher": {}}}}'
    )
    made = binder("BookRequest", "POST /x", "book", required=BOOK)
    assert ["/author/teacher/teacher/fullName"] == missing(made, body=body)


def test_ht12_a_patch_needs_only_what_it_changes():
    made = binder("UpdateRequest", "PATCH /x/{name}", "book", required=BOOK)
    assert 3 == made.bind(("n",), "", b'{"pages": 3}').book.pages
    assert ["/title"] == missing(made, "n", body=b'{"title": null}')
    assert ["/title"] == missing(made, "n", query="updateMask=title", body=b"{}")
    assert ["/editors/0/fullName"] == missing(made, "n", body=b'{"editors": [{}]}')
    assert ["/author/fullName"] == missing(made, "n", body=b'{"author": {}}')


def test_ht12_what_no_client_can_send_is_no_clients_fault():
    made = binder("BookRequest", "POST /x", "book", required=["Book.internal_notes"])
    assert made.bind((), "", b"{}").HasField("book")


def test_row_83_a_wrapper_is_no_object():
    found = refusal(binder("BookRequest", "POST /x", "*"), body=b'{"limit": {"value": 1}}')
    assert ("invalid-field", "/limit") == (found.reason, found.violations[0].path)


def test_an_answer_lists_ten_at_most():
    made = binder("BookRequest", "POST /x", "book", required=BOOK)
    body = b'{"title": "T", "editors": [' + b",".join([b"{}"] * 50) + b"]}"
    assert MOST_VIOLATIONS == len(missing(made, body=body))


# ------------------------------------------------------------------------------------------ proto2


@pytest.mark.parametrize(
    ("body", "places"),
    [
        (b"{}", ["/name", "/count"]),
        (b'{"name": "", "count": 0}', None),
        (b'{"name": "n", "count": 0, "part": {}}', ["/part/number"]),
        (b'{"name": "n", "count": 0, "parts": [{"number": 0}, {}]}', ["/parts/1/number"]),
        (b'{"name": "n", "count": 0, "byName": {"k": {}}}', ["/byName/k/number"]),
    ],
)
def test_proto2_required_fields_need_no_annotation(body, places):
    made = binder("OldRequest", "POST /x", "*")
    if places is None:
        assert made.bind((), "", body).IsInitialized()
    else:
        assert places == missing(made, body=body)


def test_proto2_required_fields_of_an_extension_are_found_too():
    found = refusal(binder("OldFree", "POST /x", "*"), body=b'{"[library.v1.extra]": {}}')
    assert "invalid-field" == found.reason
    fine = binder("OldFree", "POST /x", "*").bind((), "", b'{"[library.v1.extra]": {"number": 1}}')
    assert fine.IsInitialized()


def test_proto2_required_fields_of_a_patched_message_can_not_be_left_out():
    """Without them the request has no bytes; what it does not change must be sent again."""
    made = binder("OldUpdate", "PATCH /x", "part")
    assert ["/number"] == missing(made, body=b'{"note": "x"}')

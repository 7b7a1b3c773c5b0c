"""A request that breaks rules of buf.validate is told where, before any call: HT12; row 83."""

from functools import cache
from typing import Any

import pytest
from google.protobuf.message import Message

from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.contract.request.bind import Binder
from bff.contract.request.missing import MOST_VIOLATIONS
from bff.contract.routes.http_rule import HttpBinding
from bff.contract.routes.path_template import PathTemplate
from bff.contract.rules import Rules
from bff.terms.errors import BadInput
from tests.contract.validated import catalog, kind

PROTO = """
message Author { string full_name = 1 [(buf.validate.field).string.min_len = 1]; }
message Book {
  option (buf.validate.message).oneof = { fields: ["isbn", "shelf_mark"] };
  string display_title = 1 [(buf.validate.field).string = {min_len: 2, max_len: 9}];
  Author author = 2;
  repeated Author editors = 3;
  map<string, string> labels = 4 [(buf.validate.field).map.values.string.max_len = 3];
  repeated int32 pages = 5 [(buf.validate.field).repeated.items.int32.gt = 0];
  string secret = 6 [(buf.validate.field).required = true];
  string isbn = 7;
  string shelf_mark = 8;
}
message Create { string parent = 1 [(buf.validate.field).string.pattern = "^[a-z]+$"]; Book book = 2
  [(buf.validate.field).required = true];
  int32 page_size = 3 [(buf.validate.field).int32.lte = 100];
  oneof who { option (buf.validate.oneof).required = true; string by_id = 4; string by_name = 5; } }
message Update { Book book = 1; google.protobuf.FieldMask update_mask = 2; }
message Free { string name = 1; }
"""
JSON = "application/json"
GOOD = '"displayTitle": "ab"'


@cache
def binder(name: str, rule: str, body: str = "") -> Binder:
    method, _, template = rule.partition(" ")
    binding = HttpBinding(
        method=method,
        template=PathTemplate.parse(template),
        body=body,
        response_body="",
        index=0,
    )
    found = catalog(PROTO)
    options = JsonOptions(omit_sensitive=frozenset({"ruled.v1.Book.secret"}))
    return Binder(
        kind(found, name),
        binding,
        codec=Codec(options, JsonLimits()),
        limits=JsonLimits(),
        rules=Rules(found.options),
    )


def places(made: Binder, *values: str, query: str = "", body: str = "") -> list[str]:
    """Where the request is wrong, the same for both ways to make it."""
    found: list[Any] = []
    for make in (made.bind, made.wire):
        with pytest.raises(BadInput) as caught:
            make(values, query, body.encode(), content_type=JSON)
        assert "invalid-field" == caught.value.reason
        found.append([one.path for one in caught.value.violations])
    assert found[0] == found[1]
    return found[0]


def fine(made: Binder, *values: str, query: str = "", body: str = "") -> Message:
    return made.bind(values, query, body.encode(), content_type=JSON)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("{}", ["/displayTitle"]),
        ('{"displayTitle": "a"}', ["/displayTitle"]),
        (f'{{{GOOD}, "author": {{}}}}', ["/author/fullName"]),
        (f'{{{GOOD}, "editors": [{{"fullName": "E"}}, {{}}]}}', ["/editors/1/fullName"]),
        (f'{{{GOOD}, "labels": {{"a/b": "long"}}}}', ["/labels/a~1b"]),
        (f'{{{GOOD}, "pages": [1, 0]}}', ["/pages/1"]),
        (f'{{{GOOD}, "isbn": "1", "shelfMark": "2"}}', [""]),
    ],
)
def test_ht12_row_83_a_broken_rule_has_the_pointer_of_its_value(body, where):
    made = binder("Create", "POST /x/{parent}", "book")
    assert where == places(made, "p", query="byId=1", body=body)


def test_ht12_a_parameter_is_named_as_such():
    made = binder("Create", "POST /x/{parent}", "book")
    book = f"{{{GOOD}}}"
    assert ["parent"] == places(made, "P", query="byId=1", body=book)
    assert ["pageSize"] == places(made, "p", query="byId=1&pageSize=101", body=book)
    assert ["byId"] == places(made, "p", body=book)
    assert "ab" == fine(made, "p", query="byName=1&pageSize=100", body=book).book.display_title


def test_ht12_in_a_body_that_is_all_the_path_keeps_its_names():
    made = binder("Create", "POST /x/{parent}", "*")
    assert ["parent", "/book", "/pageSize", ""] == places(made, "P", body='{"pageSize": 101}')


def test_ht12_a_patch_needs_only_what_it_changes():
    made = binder("Update", "PATCH /x", "book")
    assert [1] == list(fine(made, body='{"pages": [1]}').book.pages)
    assert ["/pages/0"] == places(made, body='{"pages": [0]}')
    assert ["/displayTitle"] == places(made, body='{"displayTitle": null}')
    assert ["/labels/a"] == places(
        made, query="updateMask=labels.a", body='{"labels":{"a":"long"}}'
    )
    both = '{"isbn": "1", "shelfMark": "2"}'
    assert [""] == places(made, body=both)
    assert fine(made, query="updateMask=pages", body=both).HasField("book")


def test_ht12_what_no_client_can_send_is_no_clients_fault():
    assert not fine(binder("Update", "POST /x", "book"), body=f"{{{GOOD}}}").book.secret


def test_a_sentence_says_what_to_send():
    with pytest.raises(BadInput) as caught:
        fine(binder("Update", "POST /x", "book"), body="{}")
    assert "/displayTitle: send at least 2 characters" == caught.value.detail


def test_an_answer_lists_ten_broken_rules_at_most():
    body = f'{{{GOOD}, "pages": [{",".join("0" * 50)}]}}'
    assert MOST_VIOLATIONS == len(places(binder("Update", "POST /x", "book"), body=body))


def test_a_request_that_reaches_no_rules_is_looked_at_by_nobody():
    assert () == binder("Free", "POST /x", "*")._checks

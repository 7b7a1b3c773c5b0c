"""Path, query and body together: PM15, PM16, PT9, PT10, BD1-BD11; rows 25, 38, 54."""

import pytest
from google.protobuf.message import Message

from bff.contract.json_options import JsonLimits
from bff.terms.errors import BadInput
from tests.contract.bindings import JSON, Binder, binder, kind, refusal


def made(binding: Binder, *values: str, query: str = "", body: bytes = b"", content_type=JSON):
    """The message; and the wire bytes, which may have been made without one, mean the same."""
    message = binding.bind(values, query, body, content_type=content_type)
    wire = binding.wire(values, query, body, content_type=content_type)
    assert plain_bytes(message) == plain_bytes(type(message).FromString(wire))
    return message


def plain_bytes(message: Message) -> bytes:
    return message.SerializeToString(deterministic=True)


def reason_and_place(found: BadInput) -> tuple[str, list[str]]:
    return found.reason, [one.path for one in found.violations]


# ---------------------------------------------------------------------------------------- the path


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("number", "9007199254740993", 9007199254740993),
        ("genre", "GENRE_POETRY", 2),
        ("genre", "1", 1),
        ("draft", "t", True),
        ("ratio", "NaN", float),
        ("digest", "-_8", b"\xfb\xff"),
        ("name", "p q/r+", "p q/r+"),
    ],
)
def test_pm15_a_path_value_is_read_as_a_parameter_is(field, text, expected):
    found = getattr(made(binder("BookRequest", f"GET /x/{{{field}}}"), text), field)
    assert expected in (found, type(found))


@pytest.mark.parametrize(
    ("field", "text"),
    [("number", "1.0"), ("number", "x"), ("genre", "NOVEL"), ("draft", "yes"), ("since", "today")],
)
def test_pm15_a_bad_path_value_is_refused_by_name(field, text):
    found = refusal(binder("BookRequest", f"GET /x/{{{field}}}"), text)
    assert ("invalid-field", [field]) == reason_and_place(found)


def test_pt9_a_nested_variable_makes_the_messages_on_its_way():
    found = made(binder("BookRequest", "GET /x/{book.author.author_id}"), "a-1")
    assert ("a-1", True) == (found.book.author.author_id, found.HasField("book"))
    zero = made(binder("BookRequest", "GET /x/{book.genre}"), "0")
    assert zero.HasField("book")


def test_pt10_a_variable_sets_presence():
    assert made(binder("BookRequest", "GET /x/{note=**}"), "").HasField("note")
    assert "by_id" == made(binder("BookRequest", "GET /x/{by_id}"), "7").WhichOneof("who")
    assert made(binder("BookRequest", "GET /x/{limit}"), "0").HasField("limit")
    assert made(binder("BookRequest", "GET /x/{book.pages}"), "0").book.HasField("pages")


@pytest.mark.parametrize("name", ["name", "number", "since", "note", "read_mask"])
def test_pm16_row_38_the_query_may_say_the_same(name):
    texts = {"number": "7", "since": "2024-05-06T07:08:09Z"}
    text = texts.get(name, "n")
    found = made(binder("BookRequest", f"GET /x/{{{name}}}"), text, query=f"{name}={text}")
    assert made(binder("BookRequest", f"GET /x/{{{name}}}"), text) == found


def test_pm16_the_rest_of_a_proto2_request_may_still_be_missing():
    """It is compared before anybody asks what is missing."""
    found = refusal(binder("OldRequest", "GET /x/{name}"), "n", query="name=n")
    assert ("invalid-field", ["count"]) == reason_and_place(found)


def test_pm16_the_same_value_may_be_spelled_otherwise():
    since = binder("BookRequest", "GET /x/{since}")
    there = "since=2024-05-06T09:08:09%2B02:00"
    assert made(since, "2024-05-06T07:08:09Z") == made(since, "2024-05-06T07:08:09Z", query=there)
    ratio = binder("BookRequest", "GET /x/{ratio}")
    assert "nan" == str(made(ratio, "NaN", query="ratio=NaN").ratio)


@pytest.mark.parametrize(
    ("rule", "value", "query", "where"),
    [
        ("GET /x/{name}", "a", "name=b", "name"),
        ("GET /x/{name}", "a", "name=", "name"),
        ("GET /x/{number}", "1", "number=2", "number"),
        ("GET /x/{since}", "2024-05-06T07:08:09Z", "since=2024-05-06T07:08:10Z", "since"),
        ("GET /x/{limit}", "1", "limit=0", "limit"),
        ("GET /x/{read_mask}", "title", "readMask=author", "readMask"),
        ("GET /x/{book.book_id}", "a", "book.bookId=b", "book.bookId"),
    ],
)
def test_pm16_row_38_another_value_in_the_query_is_a_conflict(rule, value, query, where):
    found = refusal(binder("BookRequest", rule), value, query=query)
    assert ("binding-conflict", [where]) == reason_and_place(found)


@pytest.mark.parametrize(
    ("rule", "body_field", "body", "where"),
    [
        ("POST /x/{name}", "*", b'{"name": "b"}', "/name"),
        ("POST /x/{name}", "*", b'{"name": ""}', "/name"),
        ("POST /x/{book.book_id}", "*", b'{"book": {"bookId": "b"}}', "/book/bookId"),
        ("POST /x/{book.book_id}", "book", b'{"book_id": "b"}', "/book_id"),
        ("POST /x/{book.shelf_mark}", "book", b'{"@mark": "b"}', "/@mark"),
        ("POST /x/{book.author.author_id}", "book.author", b'{"authorId": "b"}', "/authorId"),
    ],
)
def test_pm16_row_38_another_value_in_the_body_is_a_conflict(rule, body_field, body, where):
    binding = binder("BookRequest", rule, body_field)
    found = refusal(binding, "a", body=body)
    assert ("binding-conflict", [where]) == reason_and_place(found)

    same = made(binding, "a", body=body.replace(b'"b"', b'"a"').replace(b'""', b'"a"'))
    assert made(binding, "a") == same


def test_pm16_null_in_the_body_says_nothing():
    assert (
        "a" == made(binder("BookRequest", "POST /x/{name}", "*"), "a", body=b'{"name":null}').name
    )


@pytest.mark.parametrize(
    ("rule", "body_field", "query", "body", "where"),
    [
        ("GET /x/{by_id}", "", "byAuthor.authorId=a", b"", "byAuthor.authorId"),
        ("POST /x/{by_id}", "*", "", b'{"byAuthor": {}}', "/byAuthor"),
        ("POST /x/{by_author.author_id}", "*", "", b'{"by_id": "z"}', "/by_id"),
        ("POST /x/{book.due_text}", "book", "", b'{"dueTime": "2024-05-06T07:08:09Z"}', "/dueTime"),
    ],
)
def test_pm16_a_member_of_the_paths_oneof_is_never_unset_in_silence(
    rule, body_field, query, body, where
):
    found = refusal(binder("BookRequest", rule, body_field), "a", query=query, body=body)
    assert ("oneof-conflict", [where]) == reason_and_place(found)


def test_pm16_the_path_fills_what_the_body_left_open():
    found = made(
        binder("BookRequest", "POST /x/{book.book_id}", "book"), "b-1", body=b'{"title": "T"}'
    )
    assert ("b-1", "T") == (found.book.book_id, found.book.title)


# ---------------------------------------------------------------------------------------- the body


def test_bd1_all_in_the_body():
    found = made(binder("BookRequest", "POST /x/{name}", "*"), "n", body=b'{"book":{"title":"T"}}')
    assert kind("BookRequest")(name="n", book={"title": "T"}) == found


def test_bd1_then_a_query_is_refused_or_in_leniency_ignored():
    found = refusal(binder("BookRequest", "POST /x", "*"), query="name=n")
    assert ("unknown-parameter", ["name"]) == reason_and_place(found)
    lenient = binder("BookRequest", "POST /x", "*", unknown_fields="ignore")
    assert "" == made(lenient, query="name=n").name


def test_bd2_a_field_in_the_body_all_else_in_the_query():
    found = made(
        binder("BookRequest", "POST /x/{name}", "book"),
        "n",
        query="number=5&ids=a",
        body=b'{"title": "T"}',
    )
    assert ("n", 5, ["a"], "T") == (found.name, found.number, list(found.ids), found.book.title)


@pytest.mark.parametrize("name", ["book", "book.title", "book.author.fullName"])
def test_bd2_the_bodys_field_is_no_parameter(name):
    found = refusal(binder("BookRequest", "POST /x", "book"), query=f"{name}=x")
    assert ("unknown-parameter", [name]) == reason_and_place(found)


def test_bd2_bd11_the_body_is_that_field_alone_not_an_object_around_it():
    found = refusal(binder("BookRequest", "POST /x", "book"), body=b'{"book": {"title": "T"}}')
    assert ("unknown-field", ["/book"]) == reason_and_place(found)


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_bd3_row_25_a_body_that_means_nothing_is_ignored(method):
    binding = binder("BookRequest", f"{method} /x/{{name}}")
    assert kind("BookRequest")(name="n") == made(binding, "n", body=b"{broken")


def test_bd3_row_54_a_body_where_none_belongs():
    assert "malformed-json" == refusal(binder("BookRequest", "POST /x"), body=b"{}").reason
    lenient = binder("BookRequest", "POST /x", unknown_fields="ignore")
    assert kind("BookRequest")() == made(lenient, body=b"{}")


@pytest.mark.parametrize(
    ("field", "body", "expected"),
    [
        ("name", b'"hello"', {"name": "hello"}),
        ("genre", b'"GENRE_NOVEL"', {"genre": 1}),
        ("genre", b"2", {"genre": 2}),
        ("limit", b'"7"', {"limit": {"value": 7}}),
        ("limit", b"0", {"limit": {"value": 0}}),
        ("ids", b'["a","b"]', {"ids": ["a", "b"]}),
        ("counts", b'{"a": 1}', {"counts": {"a": 1}}),
        ("anything", b"null", {"anything": {"null_value": 0}}),
        ("book.editors", b'[{"fullName": "E"}]', {"book": {"editors": [{"full_name": "E"}]}}),
        ("draft", b"true", {"draft": True}),
        ("since", b'"1970-01-01T00:00:01Z"', {"since": {"seconds": 1}}),
    ],
)
def test_bd4_a_body_of_any_kind(field, body, expected):
    assert kind("BookRequest")(**expected) == made(
        binder("BookRequest", "PUT /x", field), body=body
    )


def test_bd5_a_nested_body_leaves_its_neighbours_to_the_query():
    found = made(
        binder("BookRequest", "PUT /x", "book.author"),
        query="book.title=T",
        body=b'{"fullName":"Ada"}',
    )
    assert kind("BookRequest")(book={"title": "T", "author": {"full_name": "Ada"}}) == found


@pytest.mark.parametrize("body_field", ["*", "book", "ids", "name"])
def test_bd6_row_54_an_empty_body_is_the_default_message(body_field):
    assert kind("BookRequest")() == made(binder("BookRequest", "POST /x", body_field))


@pytest.mark.parametrize(
    "body",
    [b"[1]", b"1", b"null", b'"x"', b"{} {}", b"{}x", b"{'a': 1}", b" ", b"{", b"\xef\xbb\xbf{}"],
)
@pytest.mark.parametrize("body_field", ["*", "book"])
def test_bd7_bd10_what_is_no_json_object(body_field, body):
    assert (
        "malformed-json" == refusal(binder("BookRequest", "POST /x", body_field), body=body).reason
    )


@pytest.mark.parametrize(
    ("body", "reason", "where"),
    [
        (b'{"title": "a", "title": "b"}', "duplicate-key", ["/title"]),  # BD8
        (b'{"bookId": "a", "book_id": "a"}', "duplicate-field", None),  # BD8
        (b'{"facts": ' + b'{"a":' * 100 + b"1" + b"}" * 101, "too-deep", []),  # BD9
        (b'{"title": "\xff"}', "malformed-json", []),  # BD10
        (b'{"title": "\\ud800"}', "malformed-json", []),
        (b'{"internalNotes": "x"}', "unknown-field", ["/internalNotes"]),
        (b'{"internal_notes": "x"}', "unknown-field", ["/internal_notes"]),
    ],
)
def test_bd8_bd9_bd10_the_codecs_refusals_pass_through(body, reason, where):
    found = refusal(binder("BookRequest", "POST /x", "book"), body=body)
    assert reason == found.reason
    assert where is None or where == [one.path for one in found.violations]


def test_ht5_the_content_type_counts_only_where_a_body_is_read():
    binding = binder("BookRequest", "POST /x", "book")
    with pytest.raises(BadInput) as caught:
        made(binding, body=b"{}", content_type="text/plain")
    assert "unsupported-media-type" == caught.value.reason
    assert kind("BookRequest")() == made(binding, content_type="text/plain")


def test_qp24_the_number_of_parameters_is_a_setting():
    binding = binder("BookRequest", limits=JsonLimits(query_parameters=2))
    assert ["a", "b"] == list(made(binding, query="ids=a&ids=b").ids)
    assert "too-many-parameters" == refusal(binding, query="ids=a&ids=b&ids=c").reason


def test_a_binder_says_what_it_binds():
    binding = binder("BookRequest", "POST /x", "*")
    assert "<Binder of POST /x to library.v1.BookRequest>" == repr(binding)
    assert (True, False) == (binding.body_expected, binding.takes_raw_body)


def test_pm15_a_request_of_path_texts_alone_is_made_without_a_message():
    """And long texts, whose length takes more than one byte, are as whole as short ones."""
    binding = binder("BookRequest", "GET /x/{name}/{note}")
    assert binding._straight is not None
    found = made(binding, "é" * 100, "n")
    assert ("é" * 100, "n") == (found.name, found.note)

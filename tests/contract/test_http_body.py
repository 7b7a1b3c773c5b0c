"""Raw bytes in and out: HB1, HB2, HB3, HB6."""

import pytest
from google.api.httpbody_pb2 import HttpBody

from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits
from bff.contract.media.http_body import RawBody, answers_raw, raw_body
from bff.contract.media.types import is_media_type
from bff.contract.request.bind import Binder
from bff.terms.errors import BadInput
from tests.contract.bindings import binder, binding, kind

OCTETS = "application/octet-stream"


def upload(body: bytes, content_type: str, query: str = "", name: str = "file"):
    made = binder("Upload", "PUT /x/{name}", name)
    return made.bind(("n",), query, body, content_type=content_type)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\x00\xff\x89PNG", "image/png"),
        (b'{"a": 1, "a": 2}', "application/json"),
        (b"a=1", "application/x-www-form-urlencoded"),
        (b"<p>", "text/html; charset=iso-8859-1"),
        (b"{broken", ""),
        (b"", "text/plain"),
    ],
)
def test_hb1_a_body_of_any_kind_is_taken_as_it_is(body, content_type):
    expected = kind("Upload")(name="n", file={"content_type": content_type, "data": body})
    assert expected == upload(body, content_type)


def test_hb1_the_whole_request_may_be_raw():
    made = binder_of_http_body()
    assert (
        HttpBody(content_type="a/b", data=b"\0").SerializeToString()
        == made.bind((), "", b"\0", content_type="a/b").SerializeToString()
    )
    with pytest.raises(BadInput):
        made.bind((), "content_type=x", b"")


def binder_of_http_body() -> Binder:
    return Binder(HttpBody, binding("POST /x", "*"), codec=Codec(), limits=JsonLimits())


def test_hb1_an_empty_file_is_a_file():
    assert upload(b"", "").HasField("file")


def test_hb3_path_and_query_fill_the_rest():
    found = upload(b"x", "a/b", "copies=3&next.name=m")
    assert ("n", 3, "m", b"x") == (found.name, found.copies, found.next.name, found.file.data)


def test_hb3_the_raw_field_is_no_parameter():
    with pytest.raises(BadInput) as caught:
        upload(b"x", "a/b", "file.data=eA==")
    assert "unknown-parameter" == caught.value.reason


def test_hb3_a_nested_field_may_be_raw():
    assert b"x" == upload(b"x", "a/b", name="next.file").next.file.data


def test_a_list_of_raw_bodies_is_json():
    found = upload(b'[{"contentType": "a/b", "data": "eA=="}]', "application/json", name="files")
    assert [b"x"] == [one.data for one in found.files]


@pytest.mark.parametrize("content_type", ["nonsense", "a/b\r\nX: 1", "a/b; c", "/", "a/b, c/d"])
def test_hb1_a_content_type_that_is_none_is_not_handed_on(content_type):
    with pytest.raises(BadInput) as caught:
        upload(b"x", content_type)
    assert "unsupported-media-type" == caught.value.reason


# ----------------------------------------------------------------------------------------- answers


def answered(**fields: object) -> RawBody:
    return raw_body(HttpBody(**fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stated", "answer"),
    [
        ("image/png", "image/png"),
        ('text/plain; charset="utf-8"', 'text/plain; charset="utf-8"'),
        ("application/vnd.api+json;version=1", "application/vnd.api+json;version=1"),
        ("", OCTETS),  # HB2
        ("text/html\r\nSet-Cookie: a=b", OCTETS),
        ("text/html\n", OCTETS),
        ("text", OCTETS),
        ("text/html; charset=ütf", OCTETS),
        ("text/html\0", OCTETS),
        ("a/" + "b" * 300, OCTETS),
        ('a/b; c="' + "x" * 300 + '"', OCTETS),
    ],
)
def test_hb2_a_content_type_that_is_none_becomes_octets(stated, answer):
    assert RawBody(b"\0\xff", answer) == answered(content_type=stated, data=b"\0\xff")


def test_hb6_extensions_of_the_body_are_ignored():
    message = HttpBody(content_type="a/b", data=b"x")
    message.extensions.add(type_url="type.googleapis.com/nobody.Knows", value=b"\xff")
    assert RawBody(b"x", "a/b") == raw_body(message)


def test_hb2_response_body_may_name_the_raw_field():
    upload_kind = kind("Upload")
    message = upload_kind(file={"content_type": "a/b", "data": b"x"}, name="n")
    assert RawBody(b"x", "a/b") == raw_body(message, ("file",))
    assert RawBody(b"", OCTETS) == raw_body(message, ("next", "file"))


@pytest.mark.parametrize("path", [("file",), ("next", "file")])
def test_hb2_raw_is_what_is_an_http_body(path):
    assert answers_raw(HttpBody)
    assert answers_raw(kind("Upload"), path)


@pytest.mark.parametrize("path", [(), ("name",), ("files",), ("next",)])
def test_everything_else_is_json(path):
    assert not answers_raw(kind("Upload"), path)


@pytest.mark.parametrize("text", ["a/b", "a/b;c=d", 'a/b ; c="d;e" ;f=g', "*/*", 'a/b;c="\\""'])
def test_media_types(text):
    assert is_media_type(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a/", "/b", "a/b/c", "a/b;", "a/b;c", 'a/b;c="', "a b/c"]
)
def test_what_is_no_media_type(text):
    assert not is_media_type(text)

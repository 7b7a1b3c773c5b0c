"""Files that HTML forms send: HB5; row 84. httpx writes forms here, the stdlib reads them too."""

from email import policy
from email.parser import BytesParser

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.contract.json_options import JsonLimits
from bff.contract.request.multipart import MAX_HEADER_BYTES, File, form_of, is_form
from bff.terms.errors import BadInput
from tests.contract.bindings import binder, kind

KIND = "multipart/form-data; boundary=x"


def form(*parts: bytes, end: bytes = b"--x--\r\n") -> bytes:
    return b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + end


def part(disposition: str, data: bytes = b"data", more: str = "") -> bytes:
    return f"Content-Disposition: {disposition}{more}\r\n\r\n".encode() + data


FILE = part('form-data; name="file"; filename="a.txt"', more="\r\nContent-Type: text/plain")


def refusal(body: bytes, content_type: str = KIND, most: int = 10) -> str:
    with pytest.raises(BadInput) as caught:
        form_of(content_type, body, most=most)
    assert caught.value.reason in ("malformed-request", "too-complex")
    return caught.value.detail


@given(
    data=st.binary(max_size=300) | st.text("\r\n-x", max_size=40).map(str.encode),
    texts=st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=4),
    name=st.text(min_size=1),
)
def test_hb5_what_a_client_writes_is_what_is_read(data, texts, name):
    """Names with quotes and line ends as browsers escape them, bytes of any kind, empty texts."""
    fields = {key: value for key, value in texts if "\\" not in key and key.isprintable()}
    name = "".join(one for one in name if one != "\\" and one.isprintable()) or "f"
    sent = httpx.Request(
        "POST", "http://x", data=fields, files={name: ("n.bin", data, "image/png")}
    )
    found = form_of(sent.headers["content-type"], sent.read(), most=10)
    assert (File(name, "image/png", data), list(fields.items())) == (found.file, found.texts)


@given(data=st.binary(max_size=100))
def test_hb5_another_reader_reads_the_same(data):
    """The stdlib's mail reader agrees, as long as the file has none of its line ends."""
    data = data.translate(None, b"\r\n")
    body = form(part('form-data; name="file"; filename="a"', data))
    mail = BytesParser(policy=policy.HTTP).parsebytes(
        f"Content-Type: {KIND}\r\n\r\n".encode() + body
    )
    assert mail.get_payload(0).get_payload(decode=True) == form_of(KIND, body, most=1).file.data  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "multipart/form-data; boundary=x",
        "Multipart/Form-Data;boundary=x",
        'multipart/form-data; boundary="a b"',
        "multipart/form-data",
        " multipart/form-data ; charset=utf-8",
    ],
)
def test_a_form_is_known_by_its_content_type(text):
    assert is_form(text)


@pytest.mark.parametrize("text", ["", "multipart/form-datax", "multipart/mixed; boundary=x", "x"])
def test_nothing_else_is_a_form(text):
    assert not is_form(text)


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "a" * 71,
        'multipart/form-data; boundary="a b "',
        'multipart/form-data; boundary="a"b"',
        "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; boundary=a\r\nb",
        "multipart/form-data; charset=x; boundary=a",
    ],
)
def test_row_84_a_boundary_that_is_none(content_type):
    assert "boundary" in refusal(form(FILE), content_type)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"--x\r\n",
        form(),
        b"preamble\r\n" + form(FILE),
        form(FILE, end=b""),
        form(FILE, end=b"--x"),
        form(FILE, end=b"--x--\r\nepilogue"),
        form(FILE).replace(b"\r\n", b"\n"),
        form(FILE).replace(b"--x", b"--y"),
        form(FILE).replace(b"--x\r\n", b"--xy\r\n", 1),
        form(FILE).replace(b"--x\r\n", b"--x \r\n", 1),
    ],
)
def test_row_84_a_form_that_is_none(body):
    assert "the form is malformed: " in refusal(body)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "Content-Type: text/plain",
        "Content-Disposition: attachment; name=a",
        "Content-Disposition: form-data",
        "Content-Disposition: form-data; name=a",
        'Content-Disposition: form-data; name="a\\"b"',
        "Content-Disposition: form-data; name=\"a\"; filename*=UTF-8''x",
        'Content-Disposition: form-data; name="a"; name="b"',
        'Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"',
        'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64',
        'Content-Disposition: form-data; name="a"\r\nX-More: 1',
        'Content-Disposition: form-data;\r\n name="a"',
        'Content-Disposition : form-data; name="a"',
        'Content-Disposition: form-data; name="a"\r\nContent-Type: text',
        'Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed',
        'Content-Disposition: form-data; name="' + "a" * MAX_HEADER_BYTES + '"',
    ],
)
def test_row_84_a_parts_headers_are_two_and_plain(head):
    wanted = b"" if "mixed" not in head else b"x"  # a kind of part is data: nothing looks inside
    body = form(FILE, head.encode() + b"\r\n\r\n" + wanted)
    if wanted:
        assert [("a", "x")] == form_of(KIND, body, most=2).texts
    else:
        assert "headers" in refusal(body) or "Content-Disposition" in refusal(body)


def test_row_84_a_name_that_is_no_utf8():
    assert "UTF-8" in refusal(form(FILE, part('form-data; name="a"', b"\xff")))
    assert "UTF-8" in refusal(form(FILE, b'Content-Disposition: form-data; name="\xff"\r\n\r\nx'))


@pytest.mark.parametrize("parts", [[], [FILE, FILE], [part('form-data; name="a"')]])
def test_hb5_there_is_one_file(parts):
    assert "malformed" in refusal(form(*parts))


def test_row_84_the_parts_are_counted_before_they_are_kept():
    many = form(FILE, *[part('form-data; name="a"', b"")] * 10_000)
    assert "the form may have" not in refusal(many, most=10)
    assert "send at most 10 parts" == refusal(many, most=10)
    assert 9 == len(form_of(KIND, form(FILE, *[part('form-data; name="a"')] * 9), most=10).texts)


def test_a_file_without_a_type_is_octets():
    found = form_of(KIND, form(part('form-data; name="f"; filename=""')), most=1)
    assert File("f", "application/octet-stream", b"data") == found.file


# ------------------------------------------------------------------------------------------- bound


def bound(body: bytes, *, parts: int = 5, name: str = "file", query: str = ""):
    made = binder("Upload", "PUT /x/{name}", name, limits=JsonLimits(multipart_parts=parts))
    return made.bind(("n",), query, body, content_type=KIND)


def reason(body: bytes, **settings: int | str) -> tuple[str, list[str]]:
    with pytest.raises(BadInput) as caught:
        bound(body, **settings)
    return caught.value.reason, [one.path for one in caught.value.violations]


def test_hb5_the_file_is_the_body_and_the_other_parts_are_parameters():
    found = bound(form(part('form-data; name="copies"', b"2"), FILE))
    expected = kind("Upload")(
        name="n", copies=2, file={"content_type": "text/plain", "data": b"data"}
    )
    assert expected == found


def test_row_84_forms_are_off_unless_they_are_wanted():
    assert ("unsupported-media-type", []) == reason(form(FILE), parts=0)


def test_hb5_a_part_follows_the_rules_of_parameters():
    text = 'form-data; name="{}"'
    for name, data, query, expected in (
        ("nope", b"1", "", ("unknown-parameter", ["nope"])),
        ("copies", b"x", "", ("invalid-field", ["copies"])),
        ("copies", b"1", "copies=1", ("duplicate-parameter", ["copies"])),
        ("name", b"other", "", ("binding-conflict", ["name"])),
        ("file.data", b"eA==", "", ("unknown-parameter", ["file.data"])),
    ):
        assert expected == reason(form(FILE, part(text.format(name), data)), query=query)


def test_hb5_a_file_of_another_name_is_unknown():
    other = part('form-data; name="other"; filename="a"')
    assert ("unknown-parameter", ["other"]) == reason(form(other))

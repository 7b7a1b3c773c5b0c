"""A multipart/form-data upload to its one file and its named texts: bounded, and all or nothing.

Why       HTML forms can send files in no other way (HB5). The body is in memory already and within
          its limit, so the delimiter cuts it in one pass of `bytes.find`. A parser for endless
          streams would be one more dependency; the stdlib's email parser reads mail: base64 parts,
          parts inside parts, bare line ends, and it copies every line of a file. Measured: 256 KiB
          of line ends cost it 66 ms, here 0.6; 2,000 parts inside each other are a RecursionError.
Called by body.py.
Never     guesses: no preamble, no nesting, no transfer encoding, no bare LF, no `filename*`.
Source    RFC 7578; RFC 2046 section 5.1; WHATWG HTML "multipart/form-data encoding algorithm";
          docs/spec/bad-input.md row 84.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from bff.contract.media.types import OCTETS, is_media_type
from bff.terms.errors import BadInput

MAX_HEADER_BYTES = 1_024
"""Of one part; browsers send two short lines."""

_KIND = re.compile(r"[ \t]*multipart/form-data[ \t]*(?:;|$)", re.IGNORECASE).match
_BOUNDARY = re.compile(
    r"multipart/form-data[ \t]*;[ \t]*boundary=(?:([0-9A-Za-z\'+_./:=?-]{1,70})"
    r'|"([0-9A-Za-z\'()+_,./:=? -]{0,69}[0-9A-Za-z\'()+_,./:=?-])")[ \t]*',
    re.IGNORECASE,
).fullmatch
_VALUE = r'"([^"\\\x00-\x1f\x7f]*)"'
_DISPOSITION = re.compile(
    rf"form-data[ \t]*;[ \t]*name={_VALUE}(?:[ \t]*;[ \t]*filename={_VALUE})?", re.IGNORECASE
).fullmatch
_KNOWN_HEADERS = frozenset({"content-disposition", "content-type"})
_ESCAPES = (("%0D", "\r"), ("%0A", "\n"), ("%22", '"'))
"""What a browser writes for the characters that would end a name (WHATWG)."""


@dataclass(frozen=True, slots=True)
class File:
    """The part that has a filename. `name` is the form field's; the filename is nobody's."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent: the file, and name and text of every other part, in order."""

    file: File
    texts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    is_file: bool
    content_type: str
    data: bytes


def is_form(content_type: str) -> bool:
    return _KIND(content_type) is not None


def form_of(content_type: str, body: bytes, *, most: int) -> Form:
    """Read a whole form.

    most    how many parts there may be
    Raises  BadInput: malformed-request, too-complex
    """
    parts = [_part(raw) for raw in _cut(body, _boundary(content_type), most)]
    files = [part for part in parts if part.is_file]
    if len(files) != 1:
        _refuse("send exactly one file")
    file = files[0]
    return Form(
        File(file.name, file.content_type, file.data),
        [(part.name, _text(part.data)) for part in parts if not part.is_file],
    )


def _boundary(content_type: str) -> bytes:
    found = _BOUNDARY(content_type.strip())
    if found is None:
        _refuse("name its boundary in the Content-Type, in at most 70 characters")
    return (found[1] or found[2]).encode("ascii")


def _cut(body: bytes, boundary: bytes, most: int) -> Iterator[bytes]:
    """The parts, headers included, in one pass over the body."""
    delimiter = b"\r\n--" + boundary
    if not body.startswith(delimiter[2:]):
        _refuse("begin it with the boundary")
    start = len(delimiter) - 2
    count = 0
    while not body.startswith(b"--", start):
        count += 1
        if count > most:
            raise BadInput(f"send at most {most} parts", reason="too-complex")
        end = body.find(delimiter, start)
        if end < 0 or not body.startswith(b"\r\n", start):
            _refuse("end it with the boundary")
        yield body[start + 2 : end]
        start = end + len(delimiter)
    if body[start + 2 :] not in (b"", b"\r\n"):
        _refuse("end it with the boundary")


def _part(raw: bytes) -> _Part:
    head, found, data = raw.partition(b"\r\n\r\n")
    if not found or len(head) > MAX_HEADER_BYTES:
        _refuse(f"give each part headers, of at most {MAX_HEADER_BYTES} bytes")
    headers = dict(_headers(head))
    disposition = _DISPOSITION(headers.get("content-disposition", ""))
    content_type = headers.get("content-type", "")
    if disposition is None or (content_type and not is_media_type(content_type)):
        _refuse("give each part a Content-Disposition of form-data with a name")
    is_file = disposition[2] is not None
    return _Part(_unescaped(disposition[1]), is_file, content_type or OCTETS, data)


def _headers(head: bytes) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for line in _text(head).split("\r\n"):
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or name not in _KNOWN_HEADERS or name in seen:
            _refuse("give each part a Content-Disposition, perhaps a Content-Type, nothing else")
        seen.add(name)
        yield name, value.strip(" \t")


def _unescaped(name: str) -> str:
    for escape, character in _ESCAPES:
        name = name.replace(escape, character)
    return name


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("write its texts in UTF-8")


def _refuse(what: str) -> NoReturn:
    raise BadInput(f"the form is malformed: {what}", reason="malformed-request")

"""The requests of a batch, cut out of its body: each with its own body as it was sent.

Why       A body that is read and written again may lose digits; each item's endpoint reads its own.
Called by batch.py.
Never     reads more than the limits of one JSON document allow.
Source    docs/spec/demo.md "Batch"; RFC 8259; RFC 3986 section 4.2 (what `//` means).
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from bff.contract.json_options import JsonLimits
from bff.contract.json_pointer import pointer
from bff.contract.json_text import JsonValue, parse
from bff.terms.errors import BadInput, Violation

REQUESTS = "requests"
MEMBERS = ("method", "path", "body")
METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
_NO_MEMBER, _NO_BODY = "there is no such member", "null"
_PATH = re.compile(r"/(?!/)[\x21\x22\x24-\x7e]*").fullmatch
_BLANK = re.compile(r"[ \t\r\n]*").match
_VALUE = json.JSONDecoder().raw_decode


class Item(NamedTuple):
    """One request. `path` is as sent, with its query; `body` is b"" for none."""

    method: str
    path: str
    body: bytes

    def check(self) -> None:
        """Raises BadInput for what leads out of this BFF, or nowhere."""
        if self.method not in METHODS:
            what = f"the method is none of {', '.join(METHODS)}"
            raise BadInput(what, reason="malformed-request")
        if _PATH(self.path) is None:
            what = "the path must begin with one / and be percent-encoded, such as /v1/todos?size=2"
            raise BadInput(what, reason="malformed-request")


def items_of(body: bytes, limits: JsonLimits, *, most: int) -> tuple[Item, ...]:
    """The requests, in order.

    Raises   BadInput for a body that is no batch, naming all that is wrong; what is wrong with one
             request alone is found when it is made
    """
    read = parse(body, limits)
    listed = read.get(REQUESTS) if isinstance(read, dict) else None
    if not isinstance(read, dict) or not isinstance(listed, list):
        raise BadInput.at("", f'send {{"{REQUESTS}": [{{"method": "GET", "path": "/v1/..."}}]}}')
    if len(listed) > most:
        raise BadInput.at(f"/{REQUESTS}", f"send at most {most} requests")
    faults = [
        *(Violation(pointer([name]), _NO_MEMBER) for name in read if name != REQUESTS),
        *(fault for at, one in enumerate(listed) for fault in _faults(one, (REQUESTS, str(at)))),
    ]
    if faults:
        raise BadInput.of(faults)
    return tuple(_items(body.decode()))


def _faults(one: JsonValue, place: tuple[str, ...]) -> Iterator[Violation]:
    if not isinstance(one, dict):
        yield Violation(pointer(place), "send an object with method and path")
        return
    for name in ("method", "path"):
        if not isinstance(one.get(name), str):
            yield Violation(pointer((*place, name)), "send a text")
    for name in one.keys() - set(MEMBERS):
        yield Violation(pointer((*place, name)), _NO_MEMBER)


def _items(text: str) -> Iterator[Item]:
    """The requests of a text that is known to hold some."""
    (start,) = (begin for key, begin, _ in _values(text, 0) if key == REQUESTS)
    for _, item, _ in _values(text, start):
        members = {key: text[begin:end] for key, begin, end in _values(text, item)}
        body = members.get("body", _NO_BODY)
        yield Item(
            json.loads(members["method"]),
            json.loads(members["path"]),
            b"" if body == _NO_BODY else body.encode(),
        )


def _values(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """Key ("" in an array), start and end of each value right inside of what begins at `at`."""
    at = _skip(text, at)
    keyed = text[at] == "{"
    at, key = _skip(text, at + 1), ""
    while text[at] not in "]}":
        if keyed:
            key, at = _VALUE(text, at)
            at = _skip(text, _skip(text, at) + 1)
        start = at
        _, at = _VALUE(text, start)
        yield key, start, at
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    """The next place that is no white space."""
    found = _BLANK(text, at)
    return found.end() if found else at

"""Content-Types: may a body be read as JSON, and is a text one at all?

Called by request/body.py, request/multipart.py, http_body.py, compose/view/serving.
Never     lets a service's or a client's free text become a header.
Source    RFC 9110 sections 5.6 and 8.3; docs/spec/transcoding.md HT5, HB1, HB2;
          docs/spec/bad-input.md rows 48, 50, 85.
"""

import re

from bff.terms.errors import BadInput

JSON = "application/json"
HTML = "text/html"
OCTETS = "application/octet-stream"

_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json", re.IGNORECASE | re.ASCII).fullmatch
_PATCHES = frozenset({"application/json-patch+json", "application/merge-patch+json"})
_UTF8 = ("", "utf-8", "utf8")
_MAX_CHARACTERS = 255
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = r'"(?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t \x21-\x7e])*"'
_MEDIA_TYPE = re.compile(
    rf"{_WORD}/{_WORD}(?:[ \t]*;[ \t]*{_WORD}=(?:{_WORD}|{_QUOTED}))*"
).fullmatch


def check_json(content_type: str) -> None:
    """Raises BadInput for a body that says it is not JSON in UTF-8. No type at all counts as JSON
    (HT5).
    """
    if not content_type or content_type == "application/json":
        return
    kind, _, parameters = content_type.partition(";")
    if not _JSON(kind.strip()) or _charset(parameters) not in _UTF8:
        raise BadInput(
            "Send the body as application/json in UTF-8.", reason="unsupported-media-type"
        )


def check_mask(content_type: str) -> None:
    """Raises BadInput for a patch of another kind where a field mask says what is changed: null
    would mean another thing in it (row 85).
    """
    if content_type.partition(";")[0].strip().lower() in _PATCHES:
        raise BadInput(
            "Send the fields to change as application/json; a field mask may name them.",
            reason="unsupported-media-type",
        )


def is_media_type(text: str) -> bool:
    """Whether a text is `type/subtype; parameter=value` and nothing else.

    >>> is_media_type("text/html; charset=utf-8"), is_media_type("text/html\\r\\nX-Injected: 1")
    (True, False)
    """
    return len(text) <= _MAX_CHARACTERS and _MEDIA_TYPE(text) is not None


def _charset(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""

"""Headers that are made of a reply's fields: Location and ETag. And If-Match into a request.

Called by compose/reply_reader.py and compose/unary.py.
Never     lets a service's text break out of a header; never redirects to anything but http(s).
Source    RFC 9110 sections 10.2.2, 13.1.1; RFC 3986; docs/spec/transcoding.md ER6, HT8.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from bff.contract.reply.entity_tag import tag_of, text_of
from bff.contract.routes.rest_options import Fields, Location, RestOptions
from bff.contract.status import REDIRECTS
from bff.terms.errors import BadInput
from bff.terms.silence import unreadable

Headers = tuple[tuple[str, str], ...]

_IN_A_URL = "%/:=&?~#+!$,;'@()*[]"
_IF_MATCH = "if-match"


def headers_of(options: RestOptions, reply: Message, *, variant: str = "") -> Headers:
    """Location and ETag of one reply; one whose field is empty is left out.

    variant  which form of the reply is written, "" for JSON
    Raises   ServiceSilent where a redirect has nowhere to go
    """
    found: list[tuple[str, str]] = []
    if options.etag and (text := _text(reply, options.etag)):
        found.append(("etag", tag_of(text, variant)))
    if options.location is not None:
        where = _where(options.location, reply)
        if where:
            found.append(("location", where))
        elif options.status in REDIRECTS:
            raise unreadable("a redirect without an http(s) URL")
    return tuple(found)


def put_if_match(request: Message, path: Fields, if_match: str) -> None:
    """Hand the version that the client has seen to the service, which knows the present one.

    if_match  the header; "" and "*" ask for nothing that a service does not check anyway
    Raises    BadInput for more than one tag, a weak one, or another version in the body
    """
    if not if_match or if_match == "*":
        return
    try:
        text = text_of(if_match)
    except ValueError:
        what = "send one strong entity tag, as an ETag header gave it"
        raise BadInput.at(_IF_MATCH, what, reason="malformed-request") from None
    parent = _parent(request, path)
    name = path[-1].name
    if getattr(parent, name) not in ("", text):
        what = f"the request says another value for {name}; leave one of them out"
        raise BadInput.at(_IF_MATCH, what, reason="binding-conflict")
    try:
        setattr(parent, name, text)
    except ValueError:
        raise BadInput.at(_IF_MATCH, "this is not UTF-8", reason="malformed-request") from None


def _where(location: Location, reply: Message) -> str:
    texts = [_text(reply, path) for path in location.fields]
    if location.template is None:
        return _url(texts[0])
    names = [variable.name for variable in location.template.variables]
    try:
        return location.template.expand(dict(zip(names, texts, strict=True)))
    except ValueError:
        return ""


def _url(text: str) -> str:
    """The URL, percent-encoded where it must be; "" for what a browser must not follow."""
    try:
        scheme = urlsplit(text).scheme
    except ValueError:
        return ""
    if scheme not in ("http", "https") and not (text.startswith("/") and not scheme):
        return ""
    return quote(text, safe=_IN_A_URL)


def _text(message: Message, path: Fields) -> str:
    last = path[-1]
    value: Any = getattr(_parent(message, path), last.name)
    if last.type == FieldDescriptor.TYPE_ENUM and last.enum_type is not None:
        known = last.enum_type.values_by_number.get(value)
        return known.name if known else str(value)
    return str(value)


def _parent(message: Any, path: Sequence[FieldDescriptor]) -> Any:
    for field in path[:-1]:
        message = getattr(message, field.name)
    return message

"""What is remembered of a request that was sent with a key: which it was, and how it was answered.

Why       "The same request again" must be told from "another request with the same key", and the
          first answer must come back as it was, byte by byte.
Called by compose/idempotency.py.
Never     keeps the key, a body or who sent it: digests of them; the answer is kept as it is.
Source    draft-ietf-httpapi-idempotency-key-header-07; RFC 8941 section 3.3.3 (a String);
          docs/spec/bad-input.md row 116.
"""

import re
from typing import NamedTuple

import orjson

from bff.compose.endpoint import Answer, Ask, Endpoint
from bff.stores.key_digest import digest_of
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.errors import BadInput, ServiceSaid

HEADER = "idempotency-key"
REPLAYED = "idempotency-replayed"
_DIGEST_BYTES = 32
_LENGTH_BYTES = 4
_PENDING, _DONE = b"p", b"d"
_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"')
_BARE = re.compile(r"[A-Za-z0-9._~:+/=@-]{1,255}")


class Record(NamedTuple):
    """`asked` is the request's fingerprint; `answer` is None while the first one is under way."""

    asked: bytes
    answer: Answer | ServiceSaid | None


def key_of(value: str) -> str:
    """The key that a header's value holds: a quoted string, or the bare text that many send.

    Raises BadInput

    >>> key_of('"a-1"'), key_of("a-1")
    ('a-1', 'a-1')
    """
    value = value.strip(" \t")
    quoted = _QUOTED.fullmatch(value)
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted[1])
    if _BARE.fullmatch(value):
        return value
    what = "send one quoted text of 1 to 255 printable ASCII characters"
    raise BadInput.at("Idempotency-Key", what)


def name_of(key: str, context: RequestContext) -> str:
    """Where the record is: each user has keys of their own, and so has each address of nobody."""
    who = context.identity
    caller = (who.issuer, who.subject) if who.known else (context.peer,)
    return digest_of((*caller, key), space="idempotency").hex()


def fingerprint(endpoint: Endpoint, ask: Ask) -> bytes:
    """All that makes two requests one: what is asked, on what condition, and in which form."""
    asked = (endpoint.method, endpoint.template.text, ask.values, ask.query, ask.body)
    form = (ask.content_type, ask.accept, ask.headers.get("if-match", ""))
    return digest_of((*asked, *form), space="request")


def pending(asked: bytes, nonce: bytes) -> bytes:
    """The record of a request that is under way. `nonce` tells it from another try's."""
    return _PENDING + asked + nonce


def done(asked: bytes, answer: Answer | ServiceSaid) -> bytes:
    """The record of one that has its answer."""
    if isinstance(answer, ServiceSaid):
        head: dict[str, object] = {
            "said": [answer.code.name, answer.detail, answer.source],
            "trailers": [
                [name, value] for name, value in answer.trailers if isinstance(value, str)
            ],
        }
        body = answer.status
    else:
        head = {"type": answer.media_type, "status": answer.status, "headers": answer.headers}
        body = answer.body
    text = orjson.dumps(head)
    return b"".join((_DONE, asked, len(text).to_bytes(_LENGTH_BYTES, "big"), text, body))


def read(record: bytes) -> Record:
    """What `pending` or `done` wrote. Raises ValueError for anything else."""
    asked, rest = record[1 : 1 + _DIGEST_BYTES], record[1 + _DIGEST_BYTES :]
    if record[:1] == _PENDING:
        return Record(asked, None)
    end = _LENGTH_BYTES + int.from_bytes(rest[:_LENGTH_BYTES], "big")
    if record[:1] != _DONE or len(rest) < end:
        raise ValueError("this is no record of an answer")
    head, body = orjson.loads(rest[_LENGTH_BYTES:end]), rest[end:]
    if "said" not in head:
        headers = tuple((name, value) for name, value in head["headers"])
        return Record(asked, Answer(body, head["type"], head["status"], headers))
    code, detail, source = head["said"]
    trailers = [(name, value) for name, value in head["trailers"]]
    said = ServiceSaid(detail, code=Code[code], source=source, status=body, trailers=trailers)
    return Record(asked, said)

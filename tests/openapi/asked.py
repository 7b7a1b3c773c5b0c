"""Requests that the document calls valid, operation by operation.

Called by the oracle tests.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from bff.publish.session_paths import session_paths
from tests.openapi.made_up import MadeUp, Schema, Values

Pairs = tuple[tuple[str, str], ...]
Known = Mapping[str, Sequence[str]]
"""Values that answers gave, by the lower-case name of their member without underscores."""

_METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation; `about` is its Operation Object."""

    method: str
    path: str
    about: Mapping[str, Any]

    def __str__(self) -> str:
        return str(self.about["operationId"])

    @property
    def successes(self) -> dict[str, Any]:
        """The answers below 300, by status."""
        return {key: one for key, one in self.about["responses"].items() if key < "3"}

    @property
    def media_types(self) -> list[str]:
        """What a success may come in; [] for no content."""
        return [kind for one in self.successes.values() for kind in one.get("content", ())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, ready to be sent. `value` is the body before it became bytes."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    value: Any = None


def operations_of(document: Mapping[str, Any]) -> list[Operation]:
    """Those of the blueprint: a sign-in needs a browser and a provider, see tests/sessions."""
    return [
        Operation(method=method.upper(), path=path, about=item[method])
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item and path not in session_paths()
    ]


def requests_for(
    operation: Operation, document: Mapping[str, Any], known: Known | None = None
) -> st.SearchStrategy[Asked]:
    """Valid requests: as short as they may be for what is known to be there, or anything."""
    short = _requests(operation, MadeUp(document, sparse=True), known or {})
    return short | _requests(operation, MadeUp(document), known or {}, everything=True)


def _requests(
    operation: Operation, made: MadeUp, known: Known, *, everything: bool = False
) -> st.SearchStrategy[Asked]:
    about = operation.about
    declared = [
        one for one in about.get("parameters", []) if everything or one.get("required", False)
    ]
    values = {
        (one["in"], one["name"]): _parameter(one, made, known, everything=everything)
        for one in declared
    }
    return st.builds(
        lambda given, body, accept: _asked(operation, declared, (given, body, accept)),
        st.fixed_dictionaries(values),
        _bodies(about.get("requestBody", {}), made),
        st.sampled_from(operation.media_types or ["*/*"]),
    )


def names_in(answer: Any) -> Iterator[tuple[str, str]]:
    """Every text in an answer with the name of its member."""
    if isinstance(answer, dict):
        for name, one in answer.items():
            if isinstance(one, str) and one:
                yield _plain(name), one
            yield from names_in(one)
    elif isinstance(answer, list):
        for one in answer:
            yield from names_in(one)


def _plain(name: str) -> str:
    return name.rpartition(".")[2].replace("_", "").lower()


def _parameter(declared: Schema, made: MadeUp, known: Known, *, everything: bool) -> Values:
    if declared["name"] == "fields":  # it names members, and its answers lack all others
        return st.none()
    if "content" in declared:
        inner = declared["content"]["application/json"]["schema"]
        texts: Values = made.values(inner).map(json.dumps)
    else:
        texts = made.values(declared["schema"])
    if declared["in"] == "path":
        texts = texts.map(_text).filter(_fits_a_segment)
    if declared["in"] == "header":
        texts = st.from_regex(r"[a-zA-Z0-9-]{1,20}", fullmatch=True).map(lambda text: f'"{text}"')
        if declared["name"] == "Last-Event-Id":
            texts = st.integers(0, 9).map(str)
    schema = made.resolved(declared.get("schema", {}))
    there = known.get(_plain(declared["name"]))
    if there and schema.keys() <= {"type", "minLength", "description"}:
        texts = st.sampled_from(there) | texts if everything else st.sampled_from(there)
    return texts if declared.get("required") else st.none() | texts


def _fits_a_segment(text: str) -> bool:
    """No dots alone, which clients resolve; no control characters (row 31); no placeholder that
    somebody forgot to fill (row 37).
    """
    return text not in ("", ".", "..", "*", "**") and text.isprintable() and text[0] != "{"


def _bodies(request: Schema, made: MadeUp) -> st.SearchStrategy[tuple[str, Any]]:
    """In every form but protobuf's: of that the document can say no more than that it is binary."""
    kinds = [
        st.tuples(st.just(_concrete(kind)), made.values(one["schema"]))
        for kind, one in request.get("content", {}).items()
        if "protobuf" not in kind
    ]
    nothing = [] if request.get("required") else [st.just(("", None))]
    return st.one_of([*kinds, *nothing])


def _concrete(kind: str) -> str:
    return "image/png" if kind == "*/*" else kind


def _asked(
    operation: Operation, declared: list[Schema], drawn: tuple[Mapping[Any, Any], Any, str]
) -> Asked:
    given, (kind, value), accept = drawn
    path = re.sub(
        r"\{([^{}]+)\}", lambda slot: quote(given["path", slot[1]], safe=""), operation.path
    )
    pairs = [
        pair
        for one in declared
        if one["in"] == "query" and given["query", one["name"]] is not None
        for pair in _pairs(one, given["query", one["name"]])
    ]
    query = "&".join(f"{quote(name)}={quote(text, safe='')}" for name, text in pairs)
    headers = {
        one["name"]: given["header", one["name"]]
        for one in declared
        if one["in"] == "header" and given["header", one["name"]] is not None
    }
    if kind:
        headers["content-type"] = kind
    return Asked(
        method=operation.method,
        url=f"{path}?{query}" if query else path,
        headers={**headers, "accept": accept},
        body=_bytes(kind, value) if kind else None,
        value=value,
    )


def _pairs(declared: Schema, value: Any) -> list[tuple[str, str]]:
    name = declared["name"]
    if isinstance(value, dict):
        return [(f"{name}[{key}]", _text(one)) for key, one in value.items()]
    items = value if isinstance(value, list) else [value]
    return [(name, _text(one)) for one in items]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _bytes(kind: str, value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    text = json.dumps(value)
    return f"{text}\n".encode() if kind.endswith("ndjson") else text.encode()

"""The grammar of path templates: text in; segments, verb and variables out, or what is wrong.

    Template  = "/" [ Segments ] [ Verb ]            "/" alone is the root; it takes no verb
    Segments  = Segment { "/" Segment }
    Segment   = "*" | "**" | LITERAL | Variable
    Variable  = "{" FieldPath [ "=" Segments ] "}"   no variable inside a variable (PT6)
    FieldPath = IDENT { "." IDENT }
    Verb      = ":" LITERAL                          from the last segment's first colon on (PT12)

Why       A template is read once, at boot; whatever is odd about it must be said then (PT5).
Called by bff/contract/routes/path_template.py.
Never     sees a request.
Source    googleapis/googleapis google/api/http.proto; docs/spec/transcoding.md PT1-PT7.
          Choices: one `**` may have a literal tail (PT4); a LITERAL is RFC 3986's pchar without
          `*`, and may hold a colon unless it is last.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bff.contract.routes.percent import decoded

MAX_SEGMENTS = 100

_PIECE = re.compile(r"/((?:[^/{}]|\{[^{}]*\})*)")
_LITERAL = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()+,;=:@]|%[0-9A-Fa-f]{2})+")
_FIELD_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")


@dataclass(frozen=True, slots=True)
class Variable:
    """What part of a path goes into which field. `segments[start:end]` of the path is the value.

    field_path  proto names, ("todo", "id")
    start, end  as in a slice of the path's segments: negative counts from the end, None is the end.
                Behind a `**` both count from the end, because nobody knows how much `**` will take
    multi       captures anything but exactly one segment
    """

    field_path: tuple[str, ...]
    start: int
    end: int | None
    multi: bool

    @property
    def name(self) -> str:
        """The dotted field path, "todo.id"."""
        return ".".join(self.field_path)


@dataclass(frozen=True, slots=True)
class Grammar:
    """A template taken apart; `verb` is "" for none."""

    segments: tuple[str, ...]
    verb: str
    variables: tuple[Variable, ...]


def read(text: str) -> Grammar:
    """Take a template apart. Raises ValueError with a sentence that says what to change.

    >>> read("/v1/{name=shelves/*}:lend").segments
    ('v1', 'shelves', '*')
    """
    if not text.startswith("/"):
        raise ValueError("start it with a slash")
    path, verb = _cut_verb(text)
    segments: list[str] = []
    spans: list[tuple[str, int, int]] = []
    for piece in _pieces(path):
        start = len(segments)
        if "{" in piece:
            name, inner = _variable(piece)
            segments += inner
            spans.append((name, start, len(segments)))
        else:
            segments.append(_segment(piece))
    _check_shape(segments, verb)
    _check_names([name for name, _, _ in spans])
    return Grammar(tuple(segments), verb or "", _variables(segments, spans))


def _cut_verb(text: str) -> tuple[str, str | None]:
    """A colon of the last segment, outside of braces, starts the verb. None: no colon."""
    colon = text.find(":", max(text.rfind("/"), text.rfind("}")))
    if colon < 0:
        return text, None
    verb = text[colon + 1 :]
    if not verb:
        raise ValueError("name the verb behind the colon, or take the colon away")
    return text[:colon], _literal(verb)


def _pieces(path: str) -> list[str]:
    """What stands between the slashes that are outside of braces; [] for the root."""
    if path == "/":
        return []
    pieces: list[str] = _PIECE.findall(path)
    if "/" + "/".join(pieces) != path:
        raise ValueError("close every { with a }, and put no variable inside another")
    return pieces


def _variable(piece: str) -> tuple[str, list[str]]:
    """`{name=shelves/*}` -> ("name", ["shelves", "*"]); `{name}` is `{name=*}` (PT2)."""
    if piece[0] != "{" or piece.find("}") != len(piece) - 1:
        raise ValueError(f"let the variable be the whole segment, not a part of `{piece}`")
    name, equals, pattern = piece[1:-1].partition("=")
    if not _FIELD_PATH.fullmatch(name):
        raise ValueError(f"`{name}` is no field path; write names of fields joined by dots")
    segments = [_segment(part) for part in pattern.split("/")] if equals else ["*"]
    if ":" in segments[-1]:
        raise ValueError(f"put the verb of `{piece}` behind its closing brace")
    return name, segments


def _segment(text: str) -> str:
    if not text:
        raise ValueError("take the empty segment away: no `//`, no slash at the end")
    return text if text in ("*", "**") else _literal(text)


def _literal(text: str) -> str:
    if not _LITERAL.fullmatch(text):
        raise ValueError(
            f"`{text}` is no literal: a `*` stands alone between slashes, and any character"
            " that a URL's path can't hold is percent-encoded"
        )
    try:
        decoded(text)
    except UnicodeDecodeError:
        raise ValueError(f"`{text}` is no UTF-8 once decoded; no request could match it") from None
    return text


def _check_shape(segments: Sequence[str], verb: str | None) -> None:
    if verb is not None and not segments:
        raise ValueError("put a segment before the verb")
    if len(segments) > MAX_SEGMENTS:
        raise ValueError(f"use at most {MAX_SEGMENTS} segments")
    if "**" in segments and any("*" in tail for tail in segments[segments.index("**") + 1 :]):
        raise ValueError("let only literals follow `**`")


def _check_names(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"bind `{'`, `'.join(twice)}` once, not twice")


def _variables(
    segments: Sequence[str], spans: Sequence[tuple[str, int, int]]
) -> tuple[Variable, ...]:
    length = len(segments)
    deep = segments.index("**") if "**" in segments else length

    def variable(name: str, start: int, end: int) -> Variable:
        return Variable(
            field_path=tuple(name.split(".")),
            start=start if start <= deep else start - length,
            end=end if end <= deep else (end - length or None),
            multi=end - start != 1 or segments[start] == "**",
        )

    return tuple(variable(*span) for span in spans)

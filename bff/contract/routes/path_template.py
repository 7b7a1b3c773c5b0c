"""One path template, `/v1/{name=shelves/*}:lend`: its shape, OpenAPI path, and paths made from it.

Why       Router, binder, OpenAPI and link builders speak of one path; they read this one value.
Called by http_rule.py, router.py, compose, publish.
Never     matches: the router does, for all templates at once.
Source    googleapis/googleapis google/api/http.proto; docs/spec/transcoding.md PT1-PT6, OA2.
          The grammar stands in bff/contract/routes/template_grammar.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from bff.contract.routes import template_grammar
from bff.contract.routes.percent import decoded, decoded_but_slashes
from bff.contract.routes.template_grammar import Variable
from bff.terms.mistakes import ContractMistake

__all__ = ["PathTemplate", "Variable"]


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A template taken apart. Make one with `parse`.

    segments   literals (raw, as in the template), "*" and "**"; () for the root
    verb       "" for none
    variables  in the order of the template

    >>> PathTemplate.parse("/v1/{name=shelves/*}:lend").shape
    '/v1/shelves/*:lend'
    """

    text: str
    segments: tuple[str, ...]
    verb: str
    variables: tuple[Variable, ...]

    @classmethod
    def parse(cls, text: str) -> "PathTemplate":
        """Raises ContractMistake that quotes the template and says what to change."""
        try:
            grammar = template_grammar.read(text)
        except ValueError as wrong:
            raise ContractMistake(f"path template {text!r}: {wrong}") from None
        return cls(text, grammar.segments, grammar.verb, grammar.variables)

    def __str__(self) -> str:
        return self.text

    @property
    def shape(self) -> str:
        """The template without its variables' names. Equal shapes match the same paths (PT11)."""
        return self._spelled(self.segments)

    @property
    def openapi(self) -> str:
        """The path as OpenAPI wants it: no patterns, every wildcard a name of its own.

        A variable with one wildcard gives it its name; with several, `name-1`, `name-2`; a wildcard
        in no variable is `segment-1`. No field has a dash in its name, so all names differ.

        >>> PathTemplate.parse("/v1/{name=shelves/*/books/*}").openapi
        '/v1/shelves/{name-1}/books/{name-2}'
        """
        names = iter(self.parameter_names)
        return self._spelled(
            [f"{{{next(names)}}}" if part in ("*", "**") else part for part in self.segments]
        )

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names in `openapi`, in order."""
        owners = self._owners()
        wild = [owners.get(at, "") for at, part in enumerate(self.segments) if part in ("*", "**")]
        return tuple(
            owner
            if owner and wild.count(owner) == 1
            else _numbered(owner, wild[:at].count(owner) + 1)
            for at, owner in enumerate(wild)
        )

    def expand(self, values: Mapping[str, str]) -> str:
        """The path that carries these values: the inverse of matching. Keys are dotted field paths.

        Raises ValueError for a missing or unknown name, a value that its pattern can't hold, and a
        template with a `*` in no variable; a `**` in no variable becomes nothing.

        >>> PathTemplate.parse("/v1/{name=shelves/*}:lend").expand({"name": "shelves/s 1"})
        '/v1/shelves/s%201:lend'
        """
        if values.keys() != (wanted := {variable.name for variable in self.variables}):
            raise ValueError(f"{self.text} wants values for {sorted(wanted)}, got {sorted(values)}")
        owners = self._owners()
        parts: list[str] = []
        for at, part in enumerate(self.segments):
            if at not in owners:
                parts += _unowned(part)
            elif owners.get(at - 1) != owners[at]:
                parts += self._filled(owners[at], values[owners[at]])
        return self._spelled(parts)

    def _filled(self, name: str, value: str) -> list[str]:
        variable = next(one for one in self.variables if one.name == name)
        pattern = self.segments[variable.start : variable.end]
        try:
            return _fitted(pattern, value) if variable.multi else [_encoded(pattern[0], value)]
        except ValueError as misfit:
            raise ValueError(f"{name}: {misfit}") from None

    def _owners(self) -> dict[int, str]:
        """Index of a segment -> name of the variable that captures it."""
        return {
            at: variable.name
            for variable in self.variables
            for at in range(*slice(variable.start, variable.end).indices(len(self.segments)))
        }

    def _spelled(self, parts: Sequence[str]) -> str:
        return "/" + "/".join(parts) + (f":{self.verb}" if self.verb else "")


def _numbered(owner: str, number: int) -> str:
    return f"{owner or 'segment'}-{number}"


def _unowned(part: str) -> list[str]:
    if part == "*":
        raise ValueError("a `*` in no variable can't be given a value")
    return [] if part == "**" else [part]


def _fitted(pattern: Sequence[str], value: str) -> list[str]:
    """A value of many segments, laid along its pattern."""
    given = value.split("/") if value else []
    if "**" in pattern:
        at = pattern.index("**")
        pattern = (*pattern[:at], *["*"] * (len(given) - len(pattern) + 1), *pattern[at + 1 :])
    if len(given) != len(pattern):
        raise ValueError(f"{value!r} has not as many segments as its pattern")
    return [_encoded(part, piece) for part, piece in zip(pattern, given, strict=True)]


def _encoded(part: str, piece: str) -> str:
    """One segment, percent-encoded but for unreserved characters; a literal must be met exactly."""
    if not piece:
        raise ValueError("a segment is never empty")
    if part == "*":
        return quote(piece, safe="")
    if piece not in (decoded(part), decoded_but_slashes(part)):
        raise ValueError(f"{piece!r} must be {decoded(part)!r} here")
    return part

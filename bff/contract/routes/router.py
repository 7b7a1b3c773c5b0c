"""Which route does a raw path and method belong to? One dict look-up a segment.

Why       Matching is on every request's way; its cost must not grow with the number of routes, and
          its answer must not depend on the order in which they were declared.
Order     verb: the longest registered verb of the last segment, ... , no verb (PM13)
          then, from left to right: literal > `*` > `**` (PM1), a longer tail behind `**` first
          then, at one place: the very method > GET for a HEAD > custom kind `*` (PT15)
          The first route in this order that knows the method wins (PM2, PM3: backtracking).
Bounded   A node stands for one prefix of templates and one sequence of choices leads to it, so a
          search visits no node twice: never more steps than all templates have segments.
Called by compose (builds it at boot), edge (one match a request).
Never     decodes before it matches, normalises, redirects, or binds an empty segment (PM6).
Source    docs/spec/transcoding.md PT3, PT11, PT12, PM1-PM14; docs/spec/bad-input.md rows 26-37.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from bff.contract.routes.path_template import PathTemplate
from bff.contract.routes.path_trie import ANY_METHOD, Node, Segments
from bff.contract.routes.percent import (
    decoded,
    decoded_but_slashes,
    is_plain,
    refuse_malformed,
    refuse_unfit,
)
from bff.terms.mistakes import ContractMistake, raise_any

T = TypeVar("T")
_USUAL_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class Match(NamedTuple, Generic[T]):
    """A route, and the decoded values of its template's variables, in the same order."""

    target: T
    template: PathTemplate
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MethodNotAllowed:
    """Some route has this path, none has the method (PM4). `allowed` is sorted; GET brings HEAD."""

    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Route(Generic[T]):
    target: T
    template: PathTemplate
    captures: tuple[tuple[int, int | None, bool], ...]


class Router(Generic[T]):
    """All routes of a BFF. Immutable once made; `repr` says how many."""

    def __init__(
        self, routes: Iterable[tuple[str, PathTemplate, T]], *, fully_decode: bool = False
    ) -> None:
        """`fully_decode` is google.api.Http.fully_decode_reserved_expansion (PM9).

        Raises ContractMistakes naming both targets of each method and shape declared twice (PT11).
        """
        # GET first: it stands in for HEAD until a route of that method takes the place.
        listed = sorted(routes, key=lambda route: route[0] != "GET")
        _check_unique(listed)
        self._count = len(listed)
        self._decode_multi = decoded if fully_decode else decoded_but_slashes
        self._tries: dict[str, Node[_Route[T]]] = {"": Node()}
        for method, template, target in listed:
            captures = tuple((one.start, one.end, one.multi) for one in template.variables)
            self._add(_Route(target, template, captures), method)
        self._verb_colons = max(verb.count(":") + 1 if verb else 0 for verb in self._tries)
        self._methods = tuple(sorted(_methods(method for method, _, _ in listed)))

    def __repr__(self) -> str:
        return f"<Router of {self._count} routes>"

    def match(self, method: str, raw_path: str) -> Match[T] | MethodNotAllowed | None:
        """The route of a request, a refusal of its method, or None where no route has the path.

        raw_path  latin-1 text of the request target's path as it was sent, without the query
        Raises BadInput "malformed-request" for a path that can't be decoded (PM12), "invalid-field"
        naming the variable whose value no field should get (rows 31, 37).
        """
        plain = is_plain(raw_path) is not None
        if not plain:
            if not raw_path.startswith("/"):
                return None
            refuse_malformed(raw_path)
        found = self._find(method, raw_path)
        if found is None:
            allowed = self.allowed(raw_path)
            return MethodNotAllowed(allowed) if allowed else None
        route, segments = found
        if not plain:
            return Match(route.target, route.template, self._decoded(route.template, segments))
        values = [
            "/".join(segments[start:end]) if multi else segments[start]
            for start, end, multi in route.captures
        ]
        return Match(route.target, route.template, tuple(values))

    def allowed(self, raw_path: str) -> tuple[str, ...]:
        """Every method that `match` would find a route for, sorted; () for an unknown path."""
        if not raw_path.startswith("/"):
            return ()
        return tuple(one for one in self._methods if self._find(one, raw_path) is not None)

    def _add(self, route: _Route[T], method: str) -> None:
        template = route.template
        node = self._tries.setdefault(template.verb, Node()).place(template.segments)
        node.routes[method] = route
        if method == "GET":
            node.routes["HEAD"] = route

    def _find(self, method: str, raw_path: str) -> tuple[_Route[T], Segments] | None:
        segments = raw_path[1:].split("/")
        if "" in segments:
            if raw_path != "/":
                return None
            segments = []
        elif self._verb_colons and ":" in segments[-1]:
            for trie, shorter in self._readings(segments):
                route = trie.find(shorter, 0, method=method)
                if route is not None:
                    return route, shorter
            return None
        route = self._tries[""].find(segments, 0, method=method)
        return None if route is None else (route, segments)

    def _readings(self, segments: Segments) -> Iterator[tuple[Node[_Route[T]], Segments]]:
        """Ways to read the last segment: as stem and known verb, longest verb first, then as one.

        Looks at no more colons than the longest verb holds, however many a client sends.
        """
        last = segments[-1]
        stems = [last]
        for _ in range(self._verb_colons):
            stem, colon, _ = stems[-1].rpartition(":")
            if not colon:
                break
            stems.append(stem)
        for stem in reversed(stems[1:]):
            trie = self._tries.get(last[len(stem) + 1 :])
            if trie is not None and (stem or len(segments) == 1):
                yield trie, [*segments[:-1], stem] if stem else []
        yield self._tries[""], segments

    def _decoded(self, template: PathTemplate, segments: Segments) -> tuple[str, ...]:
        values: list[str] = []
        for variable in template.variables:
            raw = "/".join(segments[variable.start : variable.end])
            values.append(self._decode_multi(raw) if variable.multi else decoded(raw))
            refuse_unfit(variable.name, values[-1])
        return tuple(values)


def _methods(declared: Iterable[str]) -> frozenset[str]:
    methods = frozenset(declared)
    if ANY_METHOD in methods:
        return (methods | _USUAL_METHODS) - {ANY_METHOD}
    return methods | {"HEAD"} if "GET" in methods else methods


def _check_unique(routes: Iterable[tuple[str, PathTemplate, object]]) -> None:
    first: dict[tuple[str, str], tuple[PathTemplate, object]] = {}
    mistakes: list[ContractMistake] = []
    for method, template, target in routes:
        key = (method, template.shape)
        if key in first:
            other, earlier = first[key]
            what = (
                f"{method} {template} is {method} {other} of {earlier} again: change one of the two"
            )
            mistakes.append(ContractMistake(what, where=str(target)))
        first.setdefault(key, (template, target))
    raise_any(mistakes)

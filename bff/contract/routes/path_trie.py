"""A trie over path segments: literal, `*`, and `**` with its literal tails.

Why       Kept apart from the router so that it knows neither verbs, nor escapes, nor HTTP.
Called by bff/contract/routes/router.py.
Never     sees an empty segment: the router turns such paths away.
Source    docs/spec/transcoding.md PM1-PM3, PT3, PT4.
"""

from collections.abc import Sequence
from typing import Generic, TypeVar

R = TypeVar("R")
Segments = list[str]
ANY_METHOD = "*"


class Node(Generic[R]):
    """One prefix of templates.

    routes  method -> what is served when the path ends here; "*" is for every other method
    tails   how many literals follow a `**` here -> which -> where the path ends; longest first
    """

    __slots__ = ("literals", "routes", "star", "tails")

    def __init__(self) -> None:
        self.literals: dict[str, Node[R]] = {}
        self.star: Node[R] | None = None
        self.tails: dict[int, dict[tuple[str, ...], Node[R]]] = {}
        self.routes: dict[str, R] = {}

    def place(self, segments: Sequence[str]) -> "Node[R]":
        """The node of a template's segments; made where it isn't there yet."""
        node = self
        for at, segment in enumerate(segments):
            if segment == "**":
                return node._tail(tuple(segments[at + 1 :]))
            if segment != "*":
                node = node.literals.setdefault(segment, Node())
            else:
                node.star = node.star or Node()
                node = node.star
        return node

    def find(self, segments: Segments, at: int, *, method: str) -> R | None:
        """The most specific route of `segments[at:]` that knows the method."""
        node, end = self, len(segments)
        while at < end and not node.tails:  # down, as long as there is but one way
            child = node.literals.get(segments[at])
            if child is None:
                child = node.star
                if child is None:
                    return None
            elif node.star is not None:
                break
            node, at = child, at + 1
        return node.search(segments, at, method=method)

    def search(self, segments: Segments, at: int, *, method: str) -> R | None:
        """With a choice here: the first way that leads to a route."""
        found: R | None = None
        if at == len(segments):
            routes = self.routes
            found = routes[method] if method in routes else routes.get(ANY_METHOD)
        else:
            child = self.literals.get(segments[at])
            if child is not None:
                found = child.find(segments, at + 1, method=method)
            if found is None and self.star is not None:
                found = self.star.find(segments, at + 1, method=method)
        if found is None and self.tails:
            found = self._find_tail(segments, at, method=method)
        return found

    def _find_tail(self, segments: Segments, at: int, *, method: str) -> R | None:
        """`**` takes nothing or more, then a tail of literals ends the path."""
        for length, tails in self.tails.items():
            end = len(segments) - length
            node = tails.get(tuple(segments[end:])) if end >= at else None
            if node is not None and (found := node.find([], 0, method=method)) is not None:
                return found
        return None

    def _tail(self, literals: tuple[str, ...]) -> "Node[R]":
        tails = self.tails.setdefault(len(literals), {})
        self.tails = dict(sorted(self.tails.items(), reverse=True))
        return tails.setdefault(literals, Node())

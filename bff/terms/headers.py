"""The headers of one request: kept as the bytes that came, made text when somebody asks.

Why       A browser sends a dozen headers and a route looks at three of them.
Called by edge (makes one per request), contract/metadata, guard and compose (read it).
Never     joins or splits values: several headers of one name stay several in `all`.
Source    ASGI 3 (lower-case names, latin-1); RFC 9110 section 5.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

Sent = list[tuple[bytes, bytes]]


class Headers(Mapping[str, str]):
    """Lower-case name -> value; of several with one name, the last.

    >>> Headers([(b"accept", b"*/*")])["accept"]
    '*/*'
    """

    __slots__ = ("_last", "_sent")

    def __init__(self, sent: Sent) -> None:
        self._sent = sent
        self._last = dict(sent)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Headers":
        """From text."""
        return cls([(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs])

    def __repr__(self) -> str:
        return f"<Headers {', '.join(self)}>"

    def __getitem__(self, name: str) -> str:
        return self._last[name.encode("latin-1")].decode("latin-1")

    def __iter__(self) -> Iterator[str]:
        return (name.decode("latin-1") for name in self._last)

    def __len__(self) -> int:
        return len(self._last)

    def text(self, name: bytes) -> str:
        """The last value of that name, "" for none: an absent header and an empty one say as much.

        The quick way for those who know the name beforehand.
        """
        value = self._last.get(name)
        return "" if value is None else value.decode("latin-1")

    def has(self, name: bytes) -> bool:
        return name in self._last

    @property
    def names(self) -> AbstractSet[bytes]:
        return self._last.keys()

    def any_of(self, names: frozenset[bytes]) -> bool:
        return not names.isdisjoint(self._last)

    def hide(self, names: frozenset[bytes]) -> None:
        """From now on nobody can read them here."""
        for name in names.intersection(self._last):
            del self._last[name]

    def all(self, name: bytes) -> tuple[str, ...]:
        """Every value of that name, in the order sent."""
        if name not in self._last:
            return ()
        return tuple([value.decode("latin-1") for key, value in self._sent if key == name])

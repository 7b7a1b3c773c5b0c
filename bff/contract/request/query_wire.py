"""Query strings that were read before, as the wire bytes that they mean.

Why       Clients ask with few different queries: "pageSize=20" is read once, not for every request.
How       As in straight.py: fields of a message may follow each other in any order.
Called by bind.py.
Never     remembers a query that speaks of a field which the path sets, or which shares a oneof with
          it: what that means depends on the path's values.
"""

from collections.abc import Iterable, Mapping

from google.protobuf.message import Message

from bff.contract.request.path_value import PathValue

MOST = 256
LONGEST = 200
"""Characters. A longer one is a page's token, which nobody sends twice."""


class QueryWires:
    """Of one binding. When it is full it starts anew: whoever makes up queries gains nothing."""

    def __init__(self, paths: Iterable[PathValue]) -> None:
        fields = [one.path[0] for one in paths]
        self._owned = frozenset(field.name for field in fields)
        self._closed = any(field.containing_oneof for field in fields)
        self._wires: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return f"<QueryWires {len(self._wires)} of {MOST}>"

    def find(self, query: str) -> bytes | None:
        return self._wires.get(query)

    def keep(self, query: str, given: Mapping[str, str], message: Message) -> None:
        """
        given    dotted proto path of each field that the query set
        message  what it says, and nothing else
        """
        named = {place.partition(".")[0] for place in given}
        if self._closed or len(query) > LONGEST or named & self._owned:
            return
        if len(self._wires) >= MOST:
            self._wires.clear()
        self._wires[query] = message.SerializePartialToString()

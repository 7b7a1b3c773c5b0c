"""What one request knows so far: a frame for the answer itself, and one for each item of a list.

Why       A step that is asked per item has as many replies as there are items; each stands in the
          frame of its item, and the values around it are found by going up.
Called by gathering.py (fills them), values.py and writing/members.py (read them).
Never     outlives its request.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from google.protobuf.message import Message

from bff.terms.codes import Code
from bff.terms.context import Identity
from bff.terms.errors import Failure, ServiceSaid, ServiceSilent

Reply: TypeAlias = tuple[Any, ...]
"""The message, or None where nobody needs it; then the pieces of JSON that were made of it."""
Said: TypeAlias = "Reply | Failure | None"
"""What became of a step; None: nothing yet."""


class Unset(ServiceSilent):
    """A service left a message unset that something needs."""

    code = Code.INTERNAL
    reason = "upstream-invalid-response"


def is_absence(failure: Failure) -> bool:
    """Whether it says that something is not there, as opposed to: it could not be had."""
    if isinstance(failure, ServiceSaid):
        return failure.code is Code.NOT_FOUND
    return isinstance(failure, Unset)


class Given(NamedTuple):
    """Who asks, and the view's inputs."""

    identity: Identity
    inputs: Mapping[str, Any]


class Frame:
    """One item, or the answer itself.

    given    who asks, with which inputs
    item     the message; None for the answer itself
    up       the frame around it; None for the answer itself
    said     by step: what was answered here
    lists    by scope: a frame per item, or why there are none
    made     by number: what async functions of the view made here, or the Failure that they raised
    matched  by number: what a keyed join found here, or its list by key
    waiting  by step: what starts when it is answered
    """

    __slots__ = ("_wire", "given", "item", "lists", "made", "matched", "said", "up", "waiting")

    def __init__(
        self, given: Given, steps: int, *, item: Any = None, up: "Frame | None" = None
    ) -> None:
        self.given = given
        self.item = item
        self.up = up
        self.said: list[Said] = [None] * steps
        self.lists: dict[int, list[Frame] | Failure] = {}
        self.made: dict[int, Any] = {}
        self.matched: dict[int, Any] = {}
        self.waiting: dict[int, list[Any]] = {}
        self._wire: bytes | None = None

    def __repr__(self) -> str:
        done = sum(one is not None for one in self.said)
        return f"<Frame of {type(self.item).__name__}, {done} steps answered>"

    def forget(self) -> None:
        """What stands below it and waits in it: that holds it, too, until the collector comes."""
        for frames in self.lists.values():
            for one in frames if isinstance(frames, list) else ():
                if one.lists or one.matched or one.waiting:
                    one.forget()
        for held in (self.lists, self.matched, self.waiting):
            held.clear()

    def above(self, levels: int) -> "Frame":
        frame = self
        for _ in range(levels):
            frame = frame.up  # type: ignore[assignment] # a layout never leads above the answer
        return frame

    @property
    def wire(self) -> bytes:
        """The item's bytes."""
        if self._wire is None:
            item: Message = self.item
            self._wire = item.SerializeToString()
        return self._wire

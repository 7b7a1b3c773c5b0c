"""What stands in a class body for a value that is not there yet, and refuses to be used as one.

Why       The type checker is told that `_p.title` is a str, so it lets `_p.title.upper()` pass. It
          must fail where it is written, when the module is imported, and say what to do instead:
          a silent `==` would be a screen that is wrong for everybody.
Called by recorder.py, made.py (subclasses), and Python itself.
Never     answers a question about the value: it raises a ContractMistake with file and line.
Source    docs/spec/views.md, pitfalls 1 and 8.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

from bff.compose.place import place_of
from bff.terms.mistakes import ContractMistake

_HERE = __name__.rpartition(".")[0]
COMPUTE = "compute it in a @field function, which is given the real value"


def wrong(what: str) -> ContractMistake:
    """A mistake in the line of a view that is being imported now."""
    return ContractMistake(what, where=line_of_view())


def line_of_view() -> str:
    """The innermost line that is not the language's own: "bff/views/web/product.py:31"."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - inspect reads whole files
    while frame and frame.f_back and frame.f_globals.get("__name__", "").startswith(_HERE):
        frame = frame.f_back
    return place_in(frame) if frame else ""


def place_in(frame: FrameType) -> str:
    return place_of(frame.f_globals["__name__"], frame.f_code.co_filename, frame.f_lineno)


def _refusing(doing: str, instead: str) -> Callable[..., Any]:
    def refuse(self: "Unready", *_operands: object) -> NoReturn:
        raise wrong(f"{self!r} is not there yet, so it can't be {doing}: {instead}")

    return refuse


def _refusing_math() -> Callable[..., Any]:
    return _refusing("calculated with", COMPUTE)


class Unready:
    """Every question that Python may ask of a value, refused."""

    __slots__ = ()

    __bool__ = _refusing(
        "asked whether it is true",
        "for what may be missing declare `T | None` or use has(); for a choice, " + COMPUTE,
    )
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refusing("compared", COMPUTE)
    __hash__ = _refusing("a key or in a set", COMPUTE)
    __iter__ = __reversed__ = __next__ = _refusing(
        "looped over", "show the items of a list with a Shape's each(), or " + COMPUTE
    )
    __len__ = __contains__ = _refusing("looked into", COMPUTE)
    __getitem__ = __setitem__ = __delitem__ = _refusing(
        "indexed", "show the items of a list with a Shape's each(), or " + COMPUTE
    )
    __str__ = __format__ = __bytes__ = _refusing("made a text of (f-string, str())", COMPUTE)
    __int__ = __float__ = __complex__ = __index__ = __round__ = _refusing(
        "converted to a number", COMPUTE
    )
    __trunc__ = __floor__ = __ceil__ = _refusing("converted to a number", COMPUTE)
    __call__ = _refusing("called", COMPUTE)
    __await__ = __aiter__ = __anext__ = _refusing(
        "awaited", "leave the await out: whatever can run at the same time does"
    )
    __enter__ = __exit__ = __aenter__ = __aexit__ = _refusing("entered", COMPUTE)
    __add__ = __radd__ = __iadd__ = __sub__ = __rsub__ = __isub__ = _refusing_math()
    __mul__ = __rmul__ = __imul__ = __matmul__ = __rmatmul__ = _refusing_math()
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _refusing_math()
    __mod__ = __rmod__ = __divmod__ = __rdivmod__ = __pow__ = __rpow__ = _refusing_math()
    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = _refusing_math()
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = _refusing_math()
    __neg__ = __pos__ = __abs__ = __invert__ = _refusing_math()

"""What a member may be, beside a plain value: a shape's object or list, a computed value, a
deferred one.

Called by words.py, calls.py, classes.py (make them), compiling (read them).
Never     is read from: whatever it is about can be read itself.
Source    docs/spec/views.md.
"""

from collections.abc import Callable
from typing import Any, Literal, NoReturn

from bff.compose.view.language.recorder import Recorder
from bff.compose.view.language.unready import Unready, line_of_view, wrong


class _Whole(Unready):
    """Says what may be meant by one who reads a field of it."""

    __slots__ = ()

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        raise wrong(
            f"{self!r} is a member of the answer, without `.{name}`: read the message that it is"
            " made of; if you mean a client or a module of the same name, rename one of the two"
        )


class Made(_Whole):
    """A shape's object ("of") or its list of objects ("each")."""

    __slots__ = ("how", "line", "shape", "what")

    def __init__(self, shape: type, how: Literal["of", "each"], what: Recorder) -> None:
        self.shape, self.how, self.what, self.line = shape, how, what, line_of_view()

    def __repr__(self) -> str:
        return f"`{self.shape.__name__}.{self.how}({repr(self.what)[1:-1]})`"


class Computing(_Whole):
    """What a @field function returns."""

    __slots__ = ("function", "line")

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.line = function, line_of_view()

    def __repr__(self) -> str:
        return f"`{self.function.__name__}()`"


class Deferred(_Whole):
    """A member that a client who can wait gets later."""

    __slots__ = ("line", "what")

    def __init__(self, what: "Recorder | Made | Computing") -> None:
        self.what, self.line = what, line_of_view()

    def __repr__(self) -> str:
        return f"`defer({repr(self.what)[1:-1]})`"

"""JSON Pointers for error messages: where in a client's own document the fault is.

Called by json_text and codec.
Never     grows with the client's text: a long member name is cut, so an error stays small.
Source    RFC 6901.
"""

from collections.abc import Iterable

_MAX_PART_CHARACTERS = 80


def pointer(parts: Iterable[str]) -> str:
    """RFC 6901 text; "" is the whole document.

    >>> pointer(["todo", "a/b", "0"])
    '/todo/a~1b/0'
    """
    return "".join("/" + _escaped(part) for part in parts)


def _escaped(part: str) -> str:
    if len(part) > _MAX_PART_CHARACTERS:
        part = part[:_MAX_PART_CHARACTERS] + "…"
    printable = part.encode("utf-8", "replace").decode("utf-8")
    return printable.replace("~", "~0").replace("/", "~1")

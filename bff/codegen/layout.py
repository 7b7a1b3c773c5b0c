"""Lay out Python source: on one line if it fits, else one argument a line, as `ruff format` would.

Called by client_text.py.
Never     knows of protos: it gets text and gives text.
"""

import inspect
import textwrap
from collections.abc import Sequence

_WIDTH = 100
_QUOTES = 7  # both ends of a docstring, and one space


def call(function: str, arguments: Sequence[str], *, indent: int) -> str:
    """`function(a, b)`; an argument may itself be laid out over many lines, for `indent` + 4."""
    margin = " " * indent
    line = f"{margin}{function}({', '.join(arguments)})"
    if len(line) <= _WIDTH and "\n" not in line:
        return line
    inner = "".join(f"{margin}    {argument},\n" for argument in arguments)
    return f"{margin}{function}(\n{inner}{margin})"


def signature(name: str, parameters: Sequence[str], *, returns: str, indent: int) -> str:
    """`def name(parameters) -> returns:`"""
    margin = " " * indent
    line = f"{margin}{name}({', '.join(parameters)}) -> {returns}:"
    if len(line) <= _WIDTH:
        return line
    inner = "".join(f"{margin}    {parameter},\n" for parameter in parameters)
    return f"{margin}{name}(\n{inner}{margin}) -> {returns}:"


def import_from(module: str, names: Sequence[str]) -> str:
    """`from module import a, b`"""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= _WIDTH:
        return line
    inner = "".join(f"    {name},\n" for name in names)
    return f"from {module} import (\n{inner})"


def docstring(text: str, indent: int) -> str:
    """A docstring at that depth. Any text is safe in it, whatever a proto's comment says.

    >>> docstring("One line.", 4)
    '    \"\"\"One line.\"\"\"'
    """
    margin = " " * indent
    lines = _lines(text, _WIDTH - indent)
    if len(lines) == 1:
        return f'{margin}"""{_closed(lines[0])}"""'
    rest = "".join(f"{margin}{line}\n" if line else "\n" for line in lines[1:])
    return f'{margin}"""{lines[0]}\n{rest}{margin}"""'


def _closed(line: str) -> str:
    """Escape a last quote, lest it join those that end the docstring."""
    bare = line.endswith('"') and not line.endswith('\\"\\"\\"')
    return f'{line[:-1]}\\"' if bare else line


def _lines(text: str, width: int) -> list[str]:
    """Escaped lines, long ones wrapped; a quote at the start gets the space that ruff wants."""
    safe = "".join(char for char in text.expandtabs() if char == "\n" or char.isprintable())
    safe = inspect.cleandoc(safe.strip())
    safe = safe.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    wrapped: list[str] = []
    for line in safe.split("\n"):
        wrapped += textwrap.wrap(
            line.rstrip(),
            width - _QUOTES if not wrapped else width,
            subsequent_indent=" " * (len(line) - len(line.lstrip())),
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return [f" {wrapped[0]}", *wrapped[1:]] if wrapped[0].startswith('"') else wrapped

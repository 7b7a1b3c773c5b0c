"""Turn what protoc prints into mistakes that show the offending line with a caret under the place.

Why       protoc prints cascades: a missing import, then everything that the import would have
          defined. A reader wants one block for each thing that they must change.
Called by protoc.py.
Never     guesses: a line that it can not read is kept, word for word.
Source    protoc's gcc error format, "FILE:LINE:COLUMN: [warning: ]TEXT"; tabs stop each 8th column.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bff.terms.mistakes import ContractMistake

_TAB = 8
_LINE = re.compile(
    r"(?P<file>.+?\.proto)(?::(?P<line>\d+):(?P<column>\d+))?: (?P<warning>warning: )?(?P<what>.*)"
)
_IMPORT = re.compile(r'Import "(?P<name>[^"]+)" was not found or had errors\.')


class ProtoMistake(ContractMistake):
    """A mistake in a proto file. `block` is for a terminal: place, sentence, line, caret."""

    def __init__(self, what: str, *, where: str, block: str) -> None:
        super().__init__(what, where=where)
        self.block = block


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One line of protoc's. `file` is a path on disk ("" if none), `line` is 0 for a whole file."""

    file: str
    line: int
    column: int
    what: str
    warning: bool


@dataclass(frozen=True, slots=True)
class Roots:
    """The folders that protoc searched, as absolute paths, and as what the user called them."""

    folders: tuple[tuple[Path, Path], ...]

    def name(self, file: str) -> str:
        """The name that an `import` would use: "todos/v1/todos.proto"."""
        for folder, _ in self.folders:
            if Path(file).is_relative_to(folder):
                return Path(file).relative_to(folder).as_posix()
        return file

    def shown(self, file: str) -> str:
        """The path as the user would type it: "protos/todos/v1/todos.proto"."""
        for folder, called in self.folders:
            if Path(file).is_relative_to(folder):
                return (called / Path(file).relative_to(folder)).as_posix()
        return file


def complaints(text: str) -> tuple[Complaint, ...]:
    """Read protoc's stderr, one Complaint a place, in protoc's order.

    >>> [(c.file, c.line, c.what) for c in complaints('a.proto:3:1: "X" is not defined.')]
    [('a.proto', 3, '"X" is not defined.')]
    """
    found: list[Complaint] = []
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        new = (
            _complaint(match)
            if match
            else Complaint(file="", line=0, column=0, what=line, warning=False)
        )
        if found and (match is None or _place(found[-1]) == _place(new)):
            found[-1] = replace(found[-1], what=f"{found[-1].what} {new.what.strip()}")
        else:
            found.append(new)
    return tuple(found)


def mistakes(found: Sequence[Complaint], roots: Roots) -> tuple[ProtoMistake, ...]:
    """The errors, cascades left out, sorted by file and line."""
    errors = [complaint for complaint in found if not complaint.warning]
    kept = sorted(_causes(errors, roots), key=lambda c: (c.file, c.line, c.column))
    return tuple(_mistake(complaint, roots) for complaint in kept)


def warnings(found: Sequence[Complaint], roots: Roots) -> tuple[str, ...]:
    """The warnings, one line each."""
    return tuple(
        f"{roots.shown(c.file)}:{c.line}:{c.column}: warning: {c.what}" for c in found if c.warning
    )


def _complaint(match: re.Match[str]) -> Complaint:
    return Complaint(
        file=match["file"],
        line=int(match["line"] or 0),
        column=int(match["column"] or 0),
        what=match["what"],
        warning=match["warning"] is not None,
    )


def _place(complaint: Complaint) -> tuple[str, int, int, bool]:
    return complaint.file, complaint.line, complaint.column, complaint.warning


def _causes(errors: Sequence[Complaint], roots: Roots) -> Iterator[Complaint]:
    """Leave out an import's "had errors" if those errors are told themselves, and twins of it."""
    broken = {roots.name(error.file) for error in errors if error.line}
    imports = {match["name"] for error in errors if (match := _IMPORT.match(error.what))}
    for error in errors:
        match = _IMPORT.match(error.what)
        if match and match["name"] in broken:
            continue
        if not error.line and error.file and roots.name(error.file) in imports:
            continue
        if match:
            yield replace(error, what=f'Import "{match["name"]}" was not found.')
        else:
            yield error


def _mistake(complaint: Complaint, roots: Roots) -> ProtoMistake:
    if not complaint.file:
        return ProtoMistake(complaint.what, where="", block=complaint.what)
    if not complaint.line:
        block = f"{roots.shown(complaint.file)}: {complaint.what}"
        return ProtoMistake(complaint.what, where=roots.name(complaint.file), block=block)
    place = f"{roots.shown(complaint.file)}:{complaint.line}:{complaint.column}"
    return ProtoMistake(
        complaint.what,
        where=f"{roots.name(complaint.file)}:{complaint.line}",
        block="\n".join((f"{place}: {complaint.what}", *_excerpt(complaint))),
    )


def _excerpt(complaint: Complaint) -> tuple[str, ...]:
    """The offending line and a caret under the column, or nothing if the line can not be read."""
    try:
        lines = Path(complaint.file).read_bytes().split(b"\n")
        line = lines[complaint.line - 1].rstrip()
    except (OSError, IndexError):
        return ()
    # protoc counts bytes: cut the expanded bytes first, then decode, so that the caret stays put.
    expanded = line.expandtabs(_TAB)
    before = expanded[: complaint.column - 1].decode("utf-8", "replace")
    return f"    {expanded.decode('utf-8', 'replace')}", f"    {' ' * len(before)}^"

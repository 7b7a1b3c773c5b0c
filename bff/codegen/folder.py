"""Make a folder equal to what was generated: write what changed, remove what is left over.

Why       Files that did not change keep their mtime, so builds and editors stay quiet.
          A folder that is not ours is somebody's work.
Called by generation.py.
Never     touches a file that codegen could not have written: openapi.json and client.ts stay.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bff.codegen.refusal import CannotGenerate

MARKER = "Generated from the protos by `make codegen`"
DESCRIPTORS = "descriptors.binpb"
_OURS = ("_pb2.py", "_pb2.pyi", "_client.py")
_CACHE = "__pycache__"

Files = Mapping[str, bytes]
"""Content by path relative to the folder, "todos/v1/todos_pb2.py"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a folder lacks, has differently, and has too much; relative paths, sorted."""

    missing: tuple[str, ...]
    differing: tuple[str, ...]
    left_over: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.differing or self.left_over)


def refuse_foreign(folder: Path) -> None:
    """Return if codegen may write here.  Raises CannotGenerate if the folder is not ours."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise CannotGenerate(f"{folder} is not a folder")
    if not any(path.name != _CACHE for path in folder.iterdir()):
        return
    if not _marked(folder):
        raise CannotGenerate(
            f"{folder} was not written by codegen (its __init__.py does not say so): move it away"
        )
    foreign = sorted(path.relative_to(folder).as_posix() for path in _foreign(folder))
    if foreign:
        names = ", ".join(foreign[:3]) + (", ..." if foreign[3:] else "")
        raise CannotGenerate(f"{folder} holds what codegen did not write: {names}: move it away")


def compare(folder: Path, files: Files) -> Difference:
    """How the folder differs from `files`. Writes nothing."""
    there = {
        path.relative_to(folder).as_posix(): path
        for path in _walk(folder)
        if _is_ours(path, folder)
    }
    both = sorted(files.keys() & there.keys())
    return Difference(
        missing=tuple(sorted(files.keys() - there.keys())),
        differing=tuple(name for name in both if there[name].read_bytes() != files[name]),
        left_over=tuple(sorted(there.keys() - files.keys())),
    )


def synchronise(folder: Path, files: Files, *, difference: Difference) -> None:
    """Write and remove what `difference` lists; last the top __init__.py, which vouches for all."""
    for name in difference.left_over:
        (folder / name).unlink()
        _remove_empty(folder, (folder / name).parent)
    for name in sorted(
        (*difference.missing, *difference.differing), key=lambda it: it == "__init__.py"
    ):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(files[name])


def _marked(folder: Path) -> bool:
    """Our sentence in the top __init__.py, or our descriptors: enough to mend a broken folder."""
    try:
        said = MARKER.encode() in (folder / "__init__.py").read_bytes()
    except OSError:
        said = False
    return said or (folder / DESCRIPTORS).is_file()


def _walk(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in folder.rglob("*") if _CACHE not in path.parts)


def _is_ours(path: Path, folder: Path) -> bool:
    if path.name == "__init__.py" or path.name.endswith(_OURS):
        return path.is_file()
    return path == folder / DESCRIPTORS


def _foreign(folder: Path) -> Iterator[Path]:
    for path in _walk(folder):
        source = path.suffix in {".py", ".pyi"} and not _is_ours(path, folder)
        if source or path.is_symlink() or path.name == ".git":
            yield path


def _remove_empty(top: Path, folder: Path) -> None:
    """Remove folders that hold nothing, or nothing but Python's cache, up to `top`."""
    while folder != top and all(path.name == _CACHE for path in folder.iterdir()):
        shutil.rmtree(folder)
        folder = folder.parent

"""Generate the whole package in memory, compare it with the folder, then write: all or nothing.

Called by command.py.
Never     imports the generated package: it must run when that is missing, broken or stale.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bff.codegen.client_text import client_text
from bff.codegen.folder import (
    DESCRIPTORS,
    MARKER,
    Difference,
    compare,
    refuse_foreign,
    synchronise,
)
from bff.codegen.imports import into_package
from bff.codegen.names import module, unimportable
from bff.codegen.protoc import Sources, descriptor_set, find_sources, run
from bff.codegen.refusal import CannotGenerate
from bff.codegen.services import file_names, read_services, unspeakable
from bff.codegen.stub import strictly_typed
from bff.contract.handshake import CODEGEN_VERSION
from bff.terms.mistakes import ContractMistake, ContractMistakes

_TOP = f'''"""{MARKER}; do not edit: the next run overwrites it."""

from bff.contract.handshake import verify

CODEGEN_VERSION = {CODEGEN_VERSION}

verify(CODEGEN_VERSION)
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one run did, or with `check=True` would have done.

    protos    names of the protos that code was generated for
    files     how many files that makes
    warnings  protoc's, and ours, one line each
    """

    protos: tuple[str, ...]
    files: int
    difference: Difference
    warnings: tuple[str, ...]


def generate(
    protos: Path, out: Path, *, include: Sequence[Path] = (), check: bool = False
) -> Report:
    """Make `out` the Python package of every proto under `protos`.

    include  more folders to find imports in; code is generated for what is imported from them
    check    compare only, write nothing
    Raises   ContractMistakes (in protos), CannotGenerate (tools, folders); `out` is untouched then
    """
    if not out.absolute().name.isidentifier():
        raise CannotGenerate(f"{out}: a Python package can not have this name")
    refuse_foreign(out)
    sources = find_sources(protos, include)
    descriptors, warnings = descriptor_set(sources)
    own = tuple(sorted(name for name in file_names(descriptors) if sources.own(name)))
    _refuse(_unimportable(own))
    files = _files(sources, own, descriptors=descriptors, package=out.absolute().name)
    difference = compare(out, files)
    if not check:
        synchronise(out, files, difference=difference)
    skipped = tuple(f"{protos / name}: the installed one is used" for name in sources.skipped)
    return Report(protos=own, files=len(files), difference=difference, warnings=warnings + skipped)


def _files(
    sources: Sources, own: Sequence[str], *, descriptors: bytes, package: str
) -> Mapping[str, bytes]:
    texts = dict(_modules(sources, own, package=package))
    clients = {name: it for name, it in read_services(descriptors).items() if name in own}
    _refuse(mistake for services in clients.values() for mistake in unspeakable(services))
    for proto, services in clients.items():
        path = module(proto, "_client").replace(".", "/")
        texts[f"{path}.py"] = client_text(proto, services, package=package, own=frozenset(own))
    folders = {str(folder) for name in texts for folder in PurePosixPath(name).parents}
    for folder in folders - {"."}:
        texts[f"{folder}/__init__.py"] = f'"""{MARKER}; do not edit."""\n'
    texts["__init__.py"] = _TOP
    return {DESCRIPTORS: descriptors, **{name: text.encode() for name, text in texts.items()}}


def _modules(sources: Sources, own: Sequence[str], *, package: str) -> Iterator[tuple[str, str]]:
    """protoc's own output, moved into the package."""
    modules: AbstractSet[str] = {module(name) for name in own}
    with tempfile.TemporaryDirectory() as folder:
        run(sources, own, options=(f"--python_out={folder}", f"--pyi_out={folder}"))
        for path in sorted(Path(folder).rglob("*_pb2.py*")):
            text = into_package(path.read_text("utf-8"), package=package, modules=modules)
            name = path.relative_to(folder).as_posix()
            yield name, strictly_typed(text) if path.suffix == ".pyi" else text


def _unimportable(protos: Sequence[str]) -> Iterator[ContractMistake]:
    for proto in protos:
        if part := unimportable(proto):
            what = f'Python can not import a module or package "{part}": rename it'
            yield ContractMistake(what, where=proto)


def _refuse(mistakes: Iterable[ContractMistake]) -> None:
    found = tuple(mistakes)
    if found:
        raise ContractMistakes.of(found)

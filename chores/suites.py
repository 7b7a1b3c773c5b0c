"""What takes long, or needs more than Python: each says in one line what it lacks here.

Called by dev.py.
"""

import os
import shutil
from collections.abc import Sequence

from chores.environment import ONLY_WHEELS
from chores.places import PYTHON
from chores.process import Refusal, become, run, tail
from chores.setting_up import setup


def demo(arguments: Sequence[str]) -> int:
    setup()
    return become(["-m", "fake_services", "demo", *arguments])


def interop(arguments: Sequence[str]) -> int:
    """Each part where what it needs is there; else a line that says so."""
    setup()
    left_out = []
    if not shutil.which("go"):
        left_out = ["--ignore=tests/interop/echo", "--ignore=tests/interop/gateway"]
        print("interop: Go's gRPC: skipped: no go on the PATH (https://go.dev/dl)")
    if chromium() and shutil.which("node") and shutil.which("npm"):
        with_playwright()
    else:
        left_out.append("--ignore=tests/interop/oidc")
        print("interop: oidc-provider: skipped: no Node, npm and Chromium on the PATH")
    os.environ["INTEROP"] = "1"  # tests/interop/conftest.py collects nothing without it
    return become(["-m", "pytest", "-q", "tests/interop", *left_out, *arguments])


def e2e(arguments: Sequence[str]) -> int:
    if not chromium():
        print("e2e: skipped: no Chromium on the PATH (apt install chromium)")
        return 0
    setup()
    with_playwright()
    return become(["-m", "pytest", "-q", "tests/e2e", *arguments])


def chromium() -> str | None:
    """The system's own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def with_playwright() -> None:
    """Beside the locked environment: what drives the browser."""
    if run([str(PYTHON), "-c", "import playwright"]).returncode:
        pip = ["uv", "pip"] if shutil.which("uv") else [str(PYTHON), "-m", "pip"]
        where = ["--python", str(PYTHON)] if pip[0] == "uv" else []
        safely = ["--quiet", "--no-deps", "--require-hashes", *ONLY_WHEELS]
        pins = [*safely, "-r", "tests/e2e/requirements.lock"]
        done = run([*pip, "install", *where, *pins])
        if done.returncode:
            raise Refusal(f"Playwright could not be installed:\n{tail(done.stdout)}")
    os.environ["E2E"] = chromium() or ""  # tests/e2e/conftest.py collects nothing without it


def fuzz(arguments: Sequence[str]) -> int:
    setup()
    return become(["-m", "tests.fuzz", *arguments])


def faults(arguments: Sequence[str]) -> int:
    setup()
    return become(["-m", "tests.faults", *arguments])


def bench(arguments: Sequence[str]) -> int:
    setup()
    return become(["-m", "bench", *arguments])


def bench_quick(_arguments: Sequence[str]) -> int:
    return bench(["--quick"])

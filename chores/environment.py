"""The environment in .venv: everything that is locked, by its hashes, and nothing else.

Called by chores/setting_up.py, chores/suites.py (Playwright beside it).
Never     builds a package: what is installed runs no code of its own before it is used.
"""

import contextlib
import hashlib
import shutil
import sys
import sysconfig
import time
from pathlib import Path

from chores.places import LOCK, PYTHON, ROOT, VENV
from chores.process import Refusal, last_line, remove, run, tail

STAMP = VENV / "ready"
ONLY_WHEELS = ("--only-binary", ":all:")


def environment() -> None:
    """The stamp is written last: half a set-up is none."""
    began = time.monotonic()
    remove(VENV)
    if not (shutil.which("uv") and with_uv()):
        with_pip()
    # A path file in place of an editable install: nothing to build, and edits count at once.
    Path(site_packages(), "grpc-bff.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    STAMP.write_text(stamp(), encoding="utf-8")
    print(f"The environment is ready in .venv ({time.monotonic() - began:.0f} s).", flush=True)


def stamp() -> str:
    """What .venv was made from. The folder counts too: a moved .venv points to its old place."""
    pins = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"{pins}\n{sys.implementation.name} {sys.version.split()[0]}\n{ROOT}\n"


def ready(made: Path, wanted: str) -> bool:
    with contextlib.suppress(OSError):
        return PYTHON.exists() and made.read_text(encoding="utf-8") == wanted
    return False


def with_uv() -> bool:
    print("Setting up .venv with uv: some seconds, once ...", flush=True)
    create = ["uv", "venv", "--quiet", "--python", base_python(), str(VENV)]
    pins = ["--require-hashes", *ONLY_WHEELS, "--python", str(PYTHON), LOCK.name]
    sync = ["uv", "pip", "sync", "--quiet", *pins]
    failed = next((it for it in map(run, (create, sync)) if it.returncode), None)
    if failed is None:
        return True
    print(f"uv could not ({last_line(failed.stdout)}); trying pip instead.", flush=True)
    remove(VENV)
    return False


def with_pip() -> None:
    print("Setting up .venv with pip: about a minute, once ...", flush=True)
    made = run([base_python(), "-m", "venv", str(VENV)])
    if made.returncode:
        raise Refusal(
            f"could not make a virtual environment.\n{tail(made.stdout)}\n"
            "On Debian and Ubuntu: apt install python3-venv. Or install uv, and it will be used."
        )
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"]
    pins = ["--require-hashes", *ONLY_WHEELS, "-r", LOCK.name]
    done = run([str(PYTHON), "-m", "pip", "install", *options, *pins])
    if done.returncode:
        raise Refusal(
            f"pip could not install requirements.lock. Its last lines:\n{tail(done.stdout)}\n"
            "Is the network there? (Behind a proxy: HTTPS_PROXY. With a mirror: PIP_INDEX_URL.)"
            " Then repeat: the next run starts afresh."
        )


def base_python() -> str:
    """The interpreter itself, also when dev.py runs inside an environment."""
    return getattr(sys, "_base_executable", None) or sys.executable


def site_packages() -> str:
    return sysconfig.get_path("purelib", "venv", {"base": str(VENV), "platbase": str(VENV)})

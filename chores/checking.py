"""`test` and `check`: what must hold before anything is handed on.

Called by dev.py.
Never     repeats the tests on files that they have just passed on.
"""

import hashlib
import os
import subprocess
import time
from collections.abc import Sequence

from chores import environment, setting_up
from chores.contract import BASELINE, OPENAPI, PLANS, buf
from chores.native import native_stamp
from chores.places import PYTHON, ROOT, SCRIPTS
from chores.process import Done, become, last_line, run

TESTED = ROOT / ".run" / "tested"  # on what `test` passed last


def test(arguments: Sequence[str]) -> int:
    setting_up.setup()
    if arguments or not (files := fingerprint()):
        return become(["-m", "pytest", *pytest_options(), *arguments])
    status = subprocess.call([str(PYTHON), "-m", "pytest", *pytest_options()])
    if not status and files == fingerprint():
        TESTED.parent.mkdir(exist_ok=True)
        TESTED.write_text(files, encoding="utf-8")
    return status


def fingerprint() -> str:
    """Of every file that git knows or would add, and of the environment; "" outside of git."""
    listed = run(["git", "ls-files", "-co", "--exclude-standard", "-z"])
    if listed.returncode:
        return ""
    seen = hashlib.sha256(f"{environment.stamp()}{native_stamp()}".encode())
    for name in sorted(filter(None, listed.stdout.split("\0"))):
        path = ROOT / name
        seen.update(f"\0{name}\0".encode() + (path.read_bytes() if path.is_file() else b""))
    return seen.hexdigest()


def check(_arguments: Sequence[str]) -> int:
    """Run every step, then tell all failures: one run shows all there is to mend."""
    setting_up.setup()
    done = {name: run_step(name, command) for name, command in steps().items()}
    failed = {name: it.stdout.strip() for name, it in done.items() if it.returncode}
    for name, output in failed.items():
        print(f"\n---- {name} ----\n{output}")
    print(f"\npytest: {last_line(done['tests'].stdout)}")
    if looked := done.get("bench (information)"):
        print(f"bench: {last_line(looked.stdout)}")
    print(f"check: {'FAILED: ' + ', '.join(failed) if failed else 'all is well'}")
    return 1 if failed else 0


def steps() -> dict[str, list[str]]:
    """Name -> command, in running order, cheap ones first. An empty command is skipped."""
    python, ruff, found = str(PYTHON), str(SCRIPTS / "ruff"), buf()
    tests = (
        []
        if environment.ready(TESTED, fingerprint())
        else [python, "-m", "pytest", *pytest_options()]
    )
    return {
        "codegen leaves no diff": [python, "-m", "bff.codegen", "--check"],
        "buf lint": [found, "lint"] if found else [],
        "buf breaking": [found, "breaking", "protos", "--against", BASELINE] if found else [],
        "ruff check": [ruff, "check", "--output-format=concise", "."],
        "ruff format": [ruff, "format", "--check", "."],
        "mypy": [python, "-m", "mypy", "--no-error-summary"],
        "imports only go down": [str(SCRIPTS / "lint-imports"), "--no-logo"],
        "bff check": [python, "-m", "bff", "check", "--config", "bff.toml"],
        "openapi is up to date": [python, "-m", "bff", "openapi", "--check", OPENAPI],
        "plans are up to date": [python, "-m", "bff", "explain", "--check", PLANS],
        "tests": tests,  # house rules and all others
        "bench (information)": [python, "-m", "bench", "--quick"],
    }


def run_step(name: str, command: Sequence[str]) -> Done:
    print(f"{name:<24}", end="", flush=True)
    if not command:
        why = "no buf binary in .venv (this platform has no buf-bin wheel)"
        if name == "tests":
            why = "`test` has passed on these very files"
        print(f"skipped: {why}")
        return Done(command, 0, f"skipped: {why}")
    began = time.monotonic()
    done = run(command)
    took_s = time.monotonic() - began
    print(f"{'FAILED' if done.returncode else 'ok':<7}{took_s:6.1f} s", flush=True)
    return done


def pytest_options() -> list[str]:
    # Not a worker for each core of a big machine: starting them would cost more than they save.
    return ["-q", "-n", str(max(2, min(8, os.cpu_count() or 2)))]

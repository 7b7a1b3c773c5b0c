#!/usr/bin/env python3
"""Every chore of this repository behind one door: `python3 dev.py COMMAND`.

Why       A fresh clone has Python and nothing else: make, uv and buf are welcome, never needed.
Called by people, the Makefile (a target for each command) and .ci/run.
Never     imports anything outside the standard library; never touches a file outside this folder.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - it is there for those who run it with an older one
    found = ".".join(map(str, sys.version_info[:2]))
    sys.exit(f"dev.py needs Python 3.11 or newer, this is {found}: try make PYTHON=python3.11 ...")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "ready"
TESTED = ROOT / ".run" / "tested"  # on what `test` passed last
NATIVE_STAMP = VENV / "native"
CODEC = ROOT / "bff" / "contract" / "codec"
WINDOWS = os.name == "nt"
SCRIPTS = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = SCRIPTS / ("python.exe" if WINDOWS else "python")
BASELINE = "protos/baseline.binpb"
OPENAPI = "generated/openapi.json"
PLANS = "generated/plans.json"
CACHES = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis")
LITTER = (".venv", ".venv.lock", ".run", "build", "dist", *CACHES)

Done = subprocess.CompletedProcess[str]
Run = Callable[[Sequence[str]], int]  # the arguments after the command's name -> the exit status


class Refusal(Exception):
    """Nothing to debug: one message for the person at the keyboard."""


def commands() -> dict[str, tuple[Run, str]]:
    """Name -> what runs and what `help` says, in its order."""
    return {
        "setup": (setup, "make .venv and the native codec (a no-op when they are ready)"),
        "demo": (demo, "fake services and the BFF, until Ctrl-C"),
        "test": (test, "all tests; arguments go to pytest"),
        "check": (check, "what CI runs: codegen, protos, lint, types, imports, tests"),
        "interop": (interop, "the same tests against Go's gRPC, where Go is found"),
        "e2e": (e2e, "the demo's page in a real Chromium, where one is found"),
        "fuzz": (fuzz, "what reads strangers' bytes, for FUZZ_SECONDS=300; --help"),
        "faults": (faults, "the fault plan -> docs/reliability.md; arguments: --help"),
        "bench": (bench, "the table against peers -> docs/performance.md; arguments: --help"),
        "bench-quick": (bench_quick, "one line of ratios, in less than a minute"),
        "codegen": (codegen, "protos/ -> generated/"),
        "baseline": (baseline, "accept today's protos as what `check` compares with"),
        "lock": (lock, "write requirements.lock anew (needs uv); --upgrade for newer pins"),
        "clean": (clean, "remove .venv, caches and build folders"),
        "help": (show_help, "this list"),
    }


def main(argv: Sequence[str]) -> int:
    asked, *rest = argv or ["help"]
    command = commands().get("help" if asked in ("-h", "--help") else asked)
    if command is None:
        print(f"dev.py: no command {asked!r}; python3 dev.py help lists them", file=sys.stderr)
        return 2
    os.chdir(ROOT)
    try:
        return command[0](rest)
    except Refusal as refusal:
        print(f"dev.py: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def show_help(_arguments: Sequence[str]) -> int:
    for name, (_, says) in commands().items():
        print(f"python3 dev.py {name:10} {says}")
    return 0


def setup(_arguments: Sequence[str] = ()) -> int:
    """Make .venv and the native codec unless they are ready."""
    if ready(STAMP, stamp()) and ready(NATIVE_STAMP, native_stamp()):
        return 0
    with only_one():
        if not ready(STAMP, stamp()):  # else another terminal made it while we waited
            environment()
        if not ready(NATIVE_STAMP, native_stamp()):
            native()
    return 0


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


def native() -> None:
    """Build the codec's extension in place; without one the pure engine serves, only slower."""
    began = time.monotonic()
    for stale in extensions():
        remove(stale)
    wanted = native_stamp()
    if toolchain():
        done = run([str(PYTHON), "setup.py", "--quiet", "build_ext", "--inplace"])
        built = not run([str(PYTHON), "-c", "import bff.contract.codec._native"]).returncode
        took = f"built ({time.monotonic() - began:.0f} s)"
        print("native codec:", took if built else f"not built ({last_line(done.stdout)})")
    elif sources():
        print("native codec: no C compiler or Python headers found, the pure engine serves")
    NATIVE_STAMP.write_text(wanted, encoding="utf-8")


def extensions() -> list[Path]:
    return [*CODEC.glob("_native.*.so"), *CODEC.glob("_native.*.pyd")]


def native_stamp() -> str:
    """What the extension was made from; a compiler that was found since then is a new try."""
    texts = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources())).hexdigest()
    return f"{texts}\n{toolchain()}\n{stamp()}"


def sources() -> list[Path]:
    found = sorted((CODEC / "native").glob("*.[ch]"))
    return [*found, ROOT / "setup.py"] if found else []


def toolchain() -> str:
    """The C compiler as it will be called, "" if the extension can't be built here."""
    if not sources() or WINDOWS:
        return "msvc" if sources() else ""  # setuptools looks for it in the registry
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    headers = Path(sysconfig.get_path("include"), "Python.h")
    return shutil.which(compiler) or "" if headers.exists() else ""


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
    sync = ["uv", "pip", "sync", "--quiet", "--require-hashes", "--python", str(PYTHON), LOCK.name]
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
    pins = ["--require-hashes", "-r", LOCK.name]
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


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """One set-up at a time, so that `make demo` and `make test` may start side by side."""
    try:
        import fcntl
    except ImportError:  # Windows: two set-ups at once are the user's own affair there
        yield
        return
    with (ROOT / ".venv.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # freed by the system even if we are killed
        yield


def demo(arguments: Sequence[str]) -> int:
    setup()
    return become(["-m", "fake_services", "demo", *arguments])


def test(arguments: Sequence[str]) -> int:
    setup()
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
    seen = hashlib.sha256(f"{stamp()}{native_stamp()}".encode())
    for name in sorted(filter(None, listed.stdout.split("\0"))):
        path = ROOT / name
        seen.update(f"\0{name}\0".encode() + (path.read_bytes() if path.is_file() else b""))
    return seen.hexdigest()


def interop(arguments: Sequence[str]) -> int:
    if not shutil.which("go"):
        print("interop: skipped: no go on the PATH (https://go.dev/dl)")
        return 0
    setup()
    os.environ["INTEROP"] = "1"  # tests/interop/conftest.py collects nothing without it
    return become(["-m", "pytest", "-q", "tests/interop", *arguments])


def e2e(arguments: Sequence[str]) -> int:
    """Chromium is the system's; what drives it is installed beside the locked environment."""
    names = ("chromium", "chromium-browser", "google-chrome")
    browser = next(filter(None, map(shutil.which, names)), None)
    if browser is None:
        print("e2e: skipped: no Chromium on the PATH (apt install chromium)")
        return 0
    setup()
    if run([str(PYTHON), "-c", "import playwright"]).returncode:
        pip = ["uv", "pip"] if shutil.which("uv") else [str(PYTHON), "-m", "pip"]
        where = ["--python", str(PYTHON)] if pip[0] == "uv" else []
        pins = ["--quiet", "--no-deps", "--require-hashes", "-r", "tests/e2e/requirements.lock"]
        done = run([*pip, "install", *where, *pins])
        if done.returncode:
            raise Refusal(f"Playwright could not be installed:\n{tail(done.stdout)}")
    os.environ["E2E"] = browser  # tests/e2e/conftest.py collects nothing without it
    return become(["-m", "pytest", "-q", "tests/e2e", *arguments])


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


def codegen(arguments: Sequence[str]) -> int:
    setup()
    written = [["bff.codegen", *arguments]]
    if not arguments:
        written.append(["bff", "openapi", "--output", OPENAPI])
        written.append(["bff", "explain", "--format", "json", "--output", PLANS])
    return next(filter(None, (subprocess.call([str(PYTHON), "-m", *it]) for it in written)), 0)


def baseline(_arguments: Sequence[str]) -> int:
    setup()
    found = buf()
    if found is None:
        raise Refusal("no buf binary in .venv: this platform has no buf-bin wheel")
    done = run([found, "build", "protos", "--exclude-source-info", "-o", BASELINE])
    if done.returncode:
        raise Refusal(f"buf build failed:\n{tail(done.stdout)}")
    print(f"{BASELINE}: written")
    return 0


def lock(arguments: Sequence[str]) -> int:
    if not shutil.which("uv"):
        raise Refusal("lock needs uv on the PATH: pip install uv")
    options = ["--universal", "--generate-hashes", "--python-version", "3.11", "--group", "dev"]
    told = ["--custom-compile-command", "python3 dev.py lock", "--quiet", "-o", LOCK.name]
    done = run(["uv", "pip", "compile", "pyproject.toml", *options, *told, *arguments])
    if done.returncode:
        raise Refusal(f"uv could not resolve:\n{tail(done.stdout)}")
    print(f"{LOCK.name}: written")
    return 0


def clean(_arguments: Sequence[str]) -> int:
    found = [*(ROOT / name for name in LITTER), *ROOT.glob("*.egg-info"), *extensions()]
    for top in ("bff", "fake_services", "generated", "tests", "bench"):
        found += (ROOT / top).rglob("__pycache__")
    for path in found:
        remove(path)
    return 0


def check(_arguments: Sequence[str]) -> int:
    """Run every step, then tell all failures: one run shows all there is to mend."""
    setup()
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
    tests = [] if ready(TESTED, fingerprint()) else [python, "-m", "pytest", *pytest_options()]
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


def buf() -> str | None:
    """buf's path, or None where the platform has none."""
    return shutil.which("buf", path=str(SCRIPTS))


def become(arguments: Sequence[str]) -> int:
    """Turn into the environment's Python: Ctrl-C and signals then reach it alone."""
    command = [str(PYTHON), *arguments]
    if WINDOWS:
        return subprocess.call(command)
    sys.stdout.flush()
    return os.execv(command[0], command)


def run(command: Sequence[str]) -> Done:
    """Both streams as one text; a program that is not there is status 127, as in a shell."""
    pipe, same = subprocess.PIPE, subprocess.STDOUT
    try:
        return subprocess.run(command, check=False, errors="replace", stdout=pipe, stderr=same)
    except OSError as error:
        return Done(command, 127, f"{command[0]}: {error.strerror}\n")


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def tail(text: str, lines: int = 25) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no output"])[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

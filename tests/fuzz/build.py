"""The C driver, compiled against the walkers without Python, under the sanitizers.

Called by the fuzz command, tests/contract/codec/test_fuzz_corpus.py.
Never     instruments what counts the edges: it would count itself.
"""

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
WALKERS = HERE.parents[1] / "bff" / "contract" / "codec" / "native"
NEED_PYTHON = frozenset({"module.c", "value.c"})
SHARED = ("faults.c", "promises.c", "targets.c")  # by both drivers
OWN_LOOP = (*SHARED, "corpus.c", "edges.c", "loop.c", "mutate.c", "watch.c", "words.c")
LIBFUZZER = (*SHARED, "libfuzzer.c")

_SANITIZE = ["-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all"]
_FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-O1", "-g", "-fno-omit-frame-pointer", *_SANITIZE]
_FAULTS = [f"-Wl,--wrap={name}" for name in ("malloc", "calloc", "realloc")]


class NoCompiler(Exception):
    """This machine can't build the driver; the text is one line that says what it lacks."""


@dataclass(frozen=True, slots=True)
class Driver:
    """`is_libfuzzer`: it takes libFuzzer's arguments, else those of loop.c."""

    path: Path
    is_libfuzzer: bool


def build(folder: Path, *, own_loop: bool) -> Driver:
    """Compile into `folder`: with libFuzzer where clang has it, unless our own loop is wished for.

    Raises NoCompiler.
    """
    clang = shutil.which("clang")
    if clang and not own_loop and _works(clang, folder, _FUZZED, link=["-fsanitize=fuzzer"]):
        made = ["-fsanitize=fuzzer-no-link"]
        return _built(clang, folder, LIBFUZZER, trace=made, link=["-fsanitize=fuzzer"])
    compiler = shutil.which(os.environ.get("CC") or "cc") or clang
    if compiler is None:
        raise NoCompiler("no C compiler found")
    if not _works(compiler, folder, "int main(void) { return 0; }", link=[]):
        raise NoCompiler(f"{compiler} makes no program with AddressSanitizer and UBSan that runs")
    return _built(compiler, folder, OWN_LOOP, trace=["-fsanitize-coverage=trace-pc"], link=[])


_FUZZED = """
#include <stddef.h>
int LLVMFuzzerTestOneInput(const char *data, size_t length);
int LLVMFuzzerTestOneInput(const char *data, size_t length) { return !data && length; }
"""


def _works(compiler: str, folder: Path, text: str, *, link: list[str]) -> bool:
    """Whether such a program is made and runs: some kernels leave no room for its shadow memory."""
    source, made = folder / "try.c", folder / "try"
    source.write_text(text, encoding="utf-8")
    commands = [
        [compiler, *_FLAGS, *_FAULTS, *link, str(source), "-o", str(made)],
        [str(made), *(["-runs=1"] if link else [])],
    ]
    return not any(
        subprocess.run(command, capture_output=True, check=False).returncode for command in commands
    )


def _built(
    compiler: str, folder: Path, names: tuple[str, ...], *, trace: list[str], link: list[str]
) -> Driver:
    walkers = [path for path in sorted(WALKERS.glob("*.c")) if path.name not in NEED_PYTHON]
    own = [HERE / name for name in names]

    def compiled(source: Path) -> str:
        made = folder / f"{source.parent.name}_{source.stem}.o"
        includes = [f"-I{WALKERS}", f"-I{HERE}"]
        flags = [*_FLAGS, *includes, *(trace if source in walkers else [])]
        _run([compiler, *flags, "-c", str(source), "-o", str(made)])
        return str(made)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = list(pool.map(compiled, [*walkers, *own]))
    driver = folder / "driver"
    _run([compiler, *_FLAGS, *_FAULTS, *link, *objects, "-o", str(driver), "-lm"])
    return Driver(driver, bool(link))


def _run(command: list[str]) -> None:
    """A source that does not compile is a bug of ours: its text is shown."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")

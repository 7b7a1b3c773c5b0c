"""mypy --strict and pyright, without a plugin: right views pass, each planted mistake is found."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CORRECT, MISTAKEN = HERE / "correct_views.py", HERE / "mistaken_views.py"
ERROR = re.compile(r"^(.*?):(\d+): error: ", re.MULTILINE)


def marked() -> list[tuple[str, int]]:
    lines = MISTAKEN.read_text("utf-8").splitlines()
    return [(MISTAKEN.name, at) for at, line in enumerate(lines, start=1) if "# wrong: " in line]


def by_mypy() -> list[tuple[str, int]]:
    files = [str(CORRECT), str(MISTAKEN)]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *files],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert "" == done.stderr
    return sorted({(Path(file).name, int(line)) for file, line in ERROR.findall(done.stdout)})


def by_pyright(pyright: str) -> list[tuple[str, int]]:
    files = [str(CORRECT), str(MISTAKEN)]
    done = subprocess.run(
        [pyright, "--outputjson", "--pythonpath", sys.executable, *files],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout)["generalDiagnostics"]
    return sorted(
        {
            (Path(one["file"]).name, one["range"]["start"]["line"] + 1)
            for one in found
            if one["severity"] == "error"
        }
    )


def test_the_mistakes_are_at_least_seven() -> None:
    assert 7 <= len(marked())


@pytest.mark.timeout(180)
def test_mypy_reports_exactly_the_planted_mistakes() -> None:
    """A cold cache takes most of the time."""
    assert marked() == by_mypy()


@pytest.mark.timeout(180)
def test_pyright_reports_exactly_the_planted_mistakes() -> None:
    pyright = shutil.which("pyright", path=str(Path(sys.executable).parent)) or shutil.which(
        "pyright"
    )
    if pyright is None or "pyright" not in _version(pyright):
        pytest.skip("pyright is not installed, or can't start here: mypy alone has looked")
    assert marked() == by_pyright(pyright)


def _version(pyright: str) -> str:
    done = subprocess.run([pyright, "--version"], check=False, capture_output=True, text=True)
    return done.stdout

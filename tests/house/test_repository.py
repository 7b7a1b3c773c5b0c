"""What the repository as a whole promises: no machine's paths, one lock, listed commands."""

import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import bff
import dev
from tests.house.source import ROOT

Project = Mapping[str, Any]

# The second slash of a route or URL has a word before it; an absolute path starts with its slash.
MACHINE = re.compile(rb"(?<![\w.:/}*-])/(?:home|Users|root|work|farm)/[\w.-]+")
SKIPPED = frozenset({".git", ".venv", "node_modules", "__pycache__"})
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


def machine_paths(content: bytes) -> list[str]:
    """`line: path` for each absolute path of somebody's own machine."""
    return [
        f"{number}: {found.group().decode()}"
        for number, line in enumerate(content.splitlines(), start=1)
        for found in MACHINE.finditer(line)
    ]


def our_files() -> Iterator[Path]:
    """What git tracks or would; without git (an unpacked archive), every file."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        told = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        found = (it.relative_to(ROOT) for it in ROOT.rglob("*"))
        names = [it for it in found if not SKIPPED.intersection(it.parts) and not _cache(it)]
    else:
        names = [Path(name.decode()) for name in told.split(b"\0") if name]
    return (ROOT / name for name in sorted(names) if (ROOT / name).is_file())


def _cache(path: Path) -> bool:
    return path.parts[0].startswith(".") and path.parts[0] not in (".ci", ".gitignore")


def targets(makefile: str) -> Mapping[str, str]:
    """Target -> what `make help` says of it."""
    return dict(re.findall(r"^([a-z0-9-]+): ## (.+)$", makefile, re.MULTILINE))


def wanted(project: Project) -> set[str]:
    """The names of all packages that pyproject.toml asks for, normalised."""
    groups = project["dependency-groups"].values()
    asked = [*project["project"]["dependencies"], *(it for group in groups for it in group)]
    asked = [it for it in asked if isinstance(it, str)]  # tables include other groups
    return {re.split(r"[^a-z0-9-]", it.lower().replace("_", "-"))[0] for it in asked}


@pytest.fixture(scope="module")
def pyproject() -> Project:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lock() -> str:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{breach}"
        for path in our_files()
        for breach in machine_paths(path.read_bytes())
    ]
    if found:
        pytest.fail(f"{len(found)} to mend:\n" + "\n".join(found), pytrace=False)


def test_the_path_rule_finds_homes_and_not_routes() -> None:
    text = (
        b"GET /web/v1/home/x\ncd /" + b"home/ada/bff\nhttps://x.org/work/it\n'/" + b"Users/bob'\n"
    )
    assert ["2: /" + "home/ada", "4: /" + "Users/bob"] == machine_paths(text)


def test_our_files_are_found() -> None:
    """The path rule looks at this file too, so it does look at files."""
    assert Path(__file__).resolve() in set(our_files())


def test_make_help_lists_every_command_of_dev_py() -> None:
    assert sorted(dev.commands()) == sorted(targets((ROOT / "Makefile").read_text()))


def test_a_target_without_a_comment_is_not_listed() -> None:
    assert {"test": "all tests"} == targets("test: ## all tests\n\tx\nbench:\n\ty\n")


def test_the_version_in_pyproject_is_that_of_the_code(pyproject: Project) -> None:
    assert bff.__version__ == pyproject["project"]["version"]


def test_the_lock_pins_everything_that_pyproject_asks_for(pyproject: Project, lock: str) -> None:
    assert set() == wanted(pyproject) - {name for name, _ in PIN.findall(lock)}


def test_every_pin_has_a_hash(lock: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", lock)
    assert [] == [
        it.split("==")[0] for it in blocks if PIN.match(it) and "--hash=sha256:" not in it
    ]


def test_the_lock_names_no_index(lock: str) -> None:
    """Whoever installs chooses where from: a mirror, a proxy, or PyPI itself."""
    assert [] == re.findall(r"^.*(?:://|--index|--find-links|--extra).*$", lock, re.MULTILINE)


def test_wanted_reads_names_out_of_requirements() -> None:
    project = {
        "project": {"dependencies": ["pyjwt[crypto]>=2", "httptools>=1; python_version > '3'"]},
        "dependency-groups": {"dev": [{"include-group": "test"}], "test": ["Pytest_Asyncio<2"]},
    }
    assert {"pyjwt", "httptools", "pytest-asyncio"} == wanted(project)

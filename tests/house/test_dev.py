"""dev.py makes the environment once, whole or not at all, and says what to do when it cannot.

A made-up `uv` stands in for the real one: these tests install nothing and need no network.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from chores import checking, process
from tests.house.source import ROOT

UV = """#!/bin/sh
echo "uv $*" >> "$UV_CALLS"
case "$1" in
venv) "$4" -m venv --without-pip "$5" ;;
pip)  [ -z "$UV_BROKEN" ] || { echo "no route to host"; exit 1; } ;;
esac
"""


class Clone:
    """A clone as far as dev.py looks at it, in a folder with a space in its name."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "my clone"
        self.tools = folder / "tools"
        self.calls = folder / "calls"
        self.root.mkdir()
        self.tools.mkdir()
        shutil.copy(ROOT / "dev.py", self.root)
        bare = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "chores", self.root / "chores", ignore=bare)
        self.lock = self.root / "requirements.lock"
        self.lock.write_text("left-pad==1.0 --hash=sha256:00\n")
        (self.tools / "uv").write_text(UV)
        (self.tools / "uv").chmod(0o755)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join((str(self.tools), "/usr/bin", "/bin"))
        known = {"PATH": path, "UV_CALLS": str(self.calls), "PIP_INDEX_URL": "http://127.0.0.1:9/"}
        command = [sys.executable, str(self.root / "dev.py"), *arguments]
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd=self.tools,
            env={**known, "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull, **environment},
        )

    def uv_calls(self) -> list[str]:
        told = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [" ".join(line.split()[:3]) for line in told]

    def is_ready(self) -> bool:
        return (self.root / ".venv" / "ready").exists()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


MADE_ONCE = ["uv venv --quiet", "uv pip sync"]


def test_setup_makes_the_environment_from_any_folder(clone: Clone) -> None:
    done = clone.run("setup")
    assert (0, True) == (done.returncode, clone.is_ready())
    assert MADE_ONCE == clone.uv_calls()


def test_the_packages_of_the_clone_can_be_imported(clone: Clone) -> None:
    clone.run("setup")
    (found,) = (clone.root / ".venv").rglob("grpc-bff.pth")
    assert f"{clone.root}\n" == found.read_text(encoding="utf-8")
    assert "site-packages" == found.parent.name


def test_a_second_setup_says_and_does_nothing(clone: Clone) -> None:
    clone.run("setup")
    assert "" == clone.run("setup").stdout
    assert MADE_ONCE == clone.uv_calls()


def test_a_new_lock_makes_a_new_environment(clone: Clone) -> None:
    clone.run("setup")
    clone.lock.write_text("left-pad==2.0 --hash=sha256:00\n")
    clone.run("setup")
    assert MADE_ONCE * 2 == clone.uv_calls()


def test_a_moved_clone_makes_a_new_environment(clone: Clone) -> None:
    """Scripts in .venv name the old folder in their first line."""
    clone.run("setup")
    clone.root = clone.root.rename(clone.root.with_name("moved"))
    clone.run("setup")
    assert MADE_ONCE * 2 == clone.uv_calls()


def test_an_interrupted_setup_starts_afresh(clone: Clone) -> None:
    clone.run("setup")
    (clone.root / ".venv" / "ready").unlink()
    half = clone.root / ".venv" / "half-installed"
    half.touch()
    clone.run("setup")
    assert (False, True) == (half.exists(), clone.is_ready())


def test_an_environment_whose_python_left_is_made_anew(clone: Clone) -> None:
    clone.run("setup")
    (clone.root / ".venv" / "bin" / "python").unlink()
    clone.run("setup")
    assert MADE_ONCE * 2 == clone.uv_calls()


def test_where_neither_uv_nor_pip_can_the_last_words_are_shown(clone: Clone) -> None:
    """A failing uv is not the end: pip tries. A failing pip is, and nothing looks ready."""
    done = clone.run("setup", UV_BROKEN="yes")
    assert (1, False) == (done.returncode, clone.is_ready())
    assert "uv could not (no route to host); trying pip instead." in done.stdout
    assert "dev.py: pip could not install requirements.lock. Its last lines:\n    " in done.stderr
    assert "Traceback" not in done.stderr


def test_clean_takes_the_environment_away(clone: Clone) -> None:
    clone.run("setup")
    clone.run("clean")
    assert ["chores", "dev.py", "requirements.lock"] == sorted(
        it.name for it in clone.root.iterdir()
    )


def test_help_lists_every_command(clone: Clone) -> None:
    listed = [line.split()[2] for line in clone.run("help").stdout.splitlines()]
    assert list(dev.commands()) == listed
    assert clone.run().stdout == clone.run("--help").stdout


def test_an_unknown_command_is_refused(clone: Clone) -> None:
    done = clone.run("tset")
    assert (2, "") == (done.returncode, done.stdout)
    assert "dev.py: no command 'tset'; python3 dev.py help lists them\n" == done.stderr


def test_check_shows_each_failure_and_the_closing_line_of_pytest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    python = sys.executable
    wrong = [python, "-c", "print('line 7 is wrong'); raise SystemExit(1)"]
    steps = {"types": wrong, "buf lint": [], "tests": [python, "-c", "print('3 passed in 1s')"]}
    monkeypatch.setattr(checking.setting_up, "setup", lambda: 0)
    monkeypatch.setattr(checking, "steps", lambda: steps)

    status = checking.check(())
    told = capsys.readouterr().out

    assert 1 == status
    assert "---- types ----\nline 7 is wrong\n" in told
    assert "skipped: no buf binary" in told
    assert told.endswith("pytest: 3 passed in 1s\ncheck: FAILED: types\n")


def test_check_is_content_when_every_step_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checking.setting_up, "setup", lambda: 0)
    monkeypatch.setattr(
        checking, "steps", lambda: {"tests": [sys.executable, "-c", "print('1 passed')"]}
    )
    assert 0 == checking.check(())
    assert capsys.readouterr().out.endswith("pytest: 1 passed\ncheck: all is well\n")


def test_check_does_not_repeat_what_test_has_passed_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tested = tmp_path / "tested"
    monkeypatch.setattr(checking, "TESTED", tested)
    monkeypatch.setattr(checking, "fingerprint", lambda: "these files")
    monkeypatch.setattr(checking.environment, "PYTHON", Path(sys.executable))
    tested.write_text("other files")
    assert "pytest" in checking.steps()["tests"]
    tested.write_text("these files")
    assert [] == checking.steps()["tests"]
    checking.run_step("tests", [])
    assert "has passed on these very files" in capsys.readouterr().out


def test_files_that_differ_in_anything_were_not_tested(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(checking, "ROOT", tmp_path)
    monkeypatch.setattr(checking, "native_stamp", lambda: "")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("1")
    assert "" == checking.fingerprint()
    subprocess.run(["git", "init", "-q"], check=True)
    seen = {checking.fingerprint()}
    for change in ("2", "1", "1 "):
        (tmp_path / "a.py").write_text(change)
        seen.add(checking.fingerprint())
    (tmp_path / "b.py").write_text("")
    seen.add(checking.fingerprint())
    assert 4 == len(seen - {""})


def test_a_program_that_is_missing_fails_its_step() -> None:
    done = process.run(["no-such-program"])
    assert (127, "no-such-program: No such file or directory\n") == (done.returncode, done.stdout)

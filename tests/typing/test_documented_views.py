"""The screens of docs/views.md and of the demo are right in the eyes of mypy --strict."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.documented import write_views

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(180)
def test_mypy_finds_nothing_in_the_screens_that_others_learn_from(tmp_path: Path) -> None:
    """A cold cache takes most of the time."""
    write_views(tmp_path / "views_of_the_page")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "bff/views",
            str(tmp_path / "views_of_the_page"),
        ],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (0, "") == (done.returncode, done.stderr), done.stdout

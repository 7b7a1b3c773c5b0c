"""Programs that are run, and how their failure is told.

Called by the chores beside it.
Never     raises for a program that fails: its status and its words are the answer.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from chores.places import PYTHON, WINDOWS

Done = subprocess.CompletedProcess[str]


class Refusal(Exception):
    """Nothing to debug: one message for the person at the keyboard."""


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

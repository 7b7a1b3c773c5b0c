"""`python -m fake_services demo` as a newcomer starts it, in a process of its own.

Called by tests/journeys/test_demo_command.py, tests/e2e.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


@contextmanager
def demo_process(state: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The running demo and what it printed; afterwards it has ended, and what it started.

    state  a folder for the state of this demo alone
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "fake_services", "demo"],
        cwd=ROOT,
        env={**os.environ, "FAKE_SERVICES_STATE": str(state)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    try:
        printed = ""
        for line in process.stdout:
            printed += line
            if line.startswith("Ctrl-C"):
                break
        yield process, printed
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()

"""Where running services say that they run, so that `set` finds them.

Why       The knobs are turned from another terminal, and ports may be any.
Called by serve.py (writes and removes), control.py and demo.py (read).
Never     believes a file whose process is dead: it is removed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER_VARIABLE: Final = "FAKE_SERVICES_STATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One process with services: where its control service and its services are.

    provider  the address of its identity provider, which is its name, too
    """

    pid: int
    control: str
    services: Mapping[str, str]
    provider: str = ""


def folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the files are: $FAKE_SERVICES_STATE, or `.run/fake_services` of the repository."""
    return Path(environ.get(FOLDER_VARIABLE) or ROOT / ".run" / "fake_services")


def write(state: State, path: Path) -> None:
    """Write the file in one step, so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(asdict(state), indent=2) + "\n", encoding="utf-8")
    draft.replace(path)


def path_of(pid: int, where: Path) -> Path:
    """The file of one process."""
    return where / f"{pid}.json"


def alive(where: Path) -> list[State]:
    """The processes that run now, by pid; files of dead ones are removed."""
    return [state for path in sorted(where.glob("*.json")) if (state := _read(path))]


def _read(path: Path) -> State | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        state = State(**found)
        os.kill(state.pid, 0)
    except (OSError, ValueError, KeyError, TypeError):
        # Dead, or another user's process that got the same number since.
        path.unlink(missing_ok=True)
        return None
    return state

"""Where things are in a clone.

Called by the chores beside it.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
SCRIPTS = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = SCRIPTS / ("python.exe" if WINDOWS else "python")
LOCK = ROOT / "requirements.lock"
CODEC = ROOT / "bff" / "contract" / "codec"
CACHES = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis")
LITTER = (".venv", ".venv.lock", ".run", "build", "dist", *CACHES)

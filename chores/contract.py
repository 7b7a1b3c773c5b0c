"""What is made of protos/ and committed.

Called by dev.py, chores/checking.py.
"""

import shutil
import subprocess
from collections.abc import Sequence

from chores.places import PYTHON, SCRIPTS
from chores.process import Refusal, run, tail
from chores.setting_up import setup

BASELINE = "protos/baseline.binpb"
OPENAPI = "generated/openapi.json"
PLANS = "generated/plans.json"


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


def buf() -> str | None:
    """buf's path, or None where the platform has none."""
    return shutil.which("buf", path=str(SCRIPTS))

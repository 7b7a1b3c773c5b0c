"""The codec's native engine, built in place where that can be.

Called by chores/setting_up.py.
Never     fails: without a compiler the pure engine serves.
"""

import hashlib
import os
import shutil
import sysconfig
import time
from pathlib import Path

from chores.environment import stamp
from chores.places import CODEC, PYTHON, ROOT, VENV, WINDOWS
from chores.process import last_line, remove, run

NATIVE_STAMP = VENV / "native"


def native() -> None:
    """Build the codec's extension in place; without one the pure engine serves, only slower."""
    began = time.monotonic()
    for stale in extensions():
        remove(stale)
    wanted = native_stamp()
    if toolchain():
        done = run([str(PYTHON), "setup.py", "--quiet", "build_ext", "--inplace"])
        built = not run([str(PYTHON), "-c", "import bff.contract.codec._native"]).returncode
        took = f"built ({time.monotonic() - began:.0f} s)"
        print("native codec:", took if built else f"not built ({last_line(done.stdout)})")
    elif sources():
        print("native codec: no C compiler or Python headers found, the pure engine serves")
    NATIVE_STAMP.write_text(wanted, encoding="utf-8")


def extensions() -> list[Path]:
    return [*CODEC.glob("_native.*.so"), *CODEC.glob("_native.*.pyd")]


def native_stamp() -> str:
    """What the extension was made from; a compiler that was found since then is a new try."""
    texts = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources())).hexdigest()
    return f"{texts}\n{toolchain()}\n{stamp()}"


def sources() -> list[Path]:
    found = sorted((CODEC / "native").glob("*.[ch]"))
    return [*found, ROOT / "setup.py"] if found else []


def toolchain() -> str:
    """The C compiler as it will be called, "" if the extension can't be built here."""
    if not sources() or WINDOWS:
        return "msvc" if sources() else ""  # setuptools looks for it in the registry
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    headers = Path(sysconfig.get_path("include"), "Python.h")
    return shutil.which(compiler) or "" if headers.exists() else ""

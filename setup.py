"""The one part that a compiler makes: the native codec, optional.

Why       pyproject.toml says the rest; an extension that may fail to build can be said only here.
Called by setuptools (pip install, python -m build) and `python3 dev.py setup` (in place).
Never     fails an install: without a compiler or Python's headers the pure engine serves.
"""

import os
from pathlib import Path

from setuptools import Extension, setup

HERE = Path(__file__).parent
FOLDER = Path("bff", "contract", "codec", "native")
# Hidden: calls between the files need no detour through the linker's table.
UNIX_FLAGS = ["-std=c11", "-O3", "-fvisibility=hidden"]
FLAGS = ["/std:c11", "/O2"] if os.name == "nt" else UNIX_FLAGS


def files(pattern: str) -> list[str]:
    return sorted((FOLDER / path.name).as_posix() for path in (HERE / FOLDER).glob(pattern))


setup(
    ext_modules=[
        Extension(
            "bff.contract.codec._native",
            sources=files("*.c"),
            depends=files("*.h"),
            extra_compile_args=FLAGS,
            optional=True,
        )
    ]
)

"""Move protoc's Python into a package: its imports assume that the output folder is on sys.path.

Why       `import todos.v1.todos_pb2` would claim the top-level name "todos".
Called by generation.py, on every *_pb2.py and *_pb2.pyi.
Never     touches google's modules, nor anything else that we did not generate.
Source    protoc's python/generator.cc and pyi_generator.cc: imports come in these three forms.
"""

import re
from collections.abc import Set as AbstractSet

_FROM_FOLDER = re.compile(r"^from (\S+) import (\w+_pb2)\b", re.MULTILINE)
_FROM_MODULE = re.compile(r"^from (\S+_pb2) import ", re.MULTILINE)
_TOP = re.compile(r"^import (\w+_pb2)\b", re.MULTILINE)
_BUILDER = re.compile(
    r"(?<=^_builder\.BuildTopDescriptorsAndMessages\(DESCRIPTOR, ')", re.MULTILINE
)


def into_package(text: str, *, package: str, modules: AbstractSet[str]) -> str:
    """The same module, living in `package`. `modules` are the dotted names that live there too.

    >>> into_package("from a.v1 import c_pb2 as _c", package="generated", modules={"a.v1.c_pb2"})
    'from generated.a.v1 import c_pb2 as _c'
    """

    def from_folder(match: re.Match[str]) -> str:
        ours = f"{match[1]}.{match[2]}" in modules
        return f"from {package}.{match[1]} import {match[2]}" if ours else match[0]

    def from_module(match: re.Match[str]) -> str:
        return f"from {package}.{match[1]} import " if match[1] in modules else match[0]

    def top(match: re.Match[str]) -> str:
        return f"from {package} import {match[1]}" if match[1] in modules else match[0]

    text = _TOP.sub(top, _FROM_MODULE.sub(from_module, _FROM_FOLDER.sub(from_folder, text)))
    return _BUILDER.sub(f"{package}.", text)

"""What a docstring says of other modules can be found there: whoever follows it finds a file.

Why       "Called by edge/front.py" is the map of the house; a move makes it lie without a sound.
"""

import ast
import re
from pathlib import Path

import pytest

from tests.house.source import ROOT

ROOMS = sorted(it.name for it in (ROOT / "bff").iterdir() if it.is_dir() and it.name[0] != "_")
FILE = re.compile(r"(?<![\w./*-])((?:\w+/)*\w+\.py)\b")
PLACE = re.compile(rf"(?<![\w./-])((?:{'|'.join(ROOMS)})/\w+(?:/\w+)*)(?![\w/]|\.\w)")

ELSEWHERE = ("Lib/asyncio/taskgroups.py",)
"""Sources that are not ours."""


def lost(module: Path) -> list[str]:
    """The names in its docstring that lead nowhere."""
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    named = (name for pattern in (FILE, PLACE) for name in pattern.findall(text))
    return [name for name in named if not leads(name, module) and name not in ELSEWHERE]


def leads(name: str, module: Path) -> bool:
    """A name may begin at its own folder, at any above it, or at bff."""
    starts = [*(it for it in module.parents if it.is_relative_to(ROOT)), ROOT / "bff"]
    return any((it / name).exists() or (it / f"{name}.py").exists() for it in starts)


@pytest.mark.parametrize("top", ["bff", "chores", "fake_services", "bench"])
def test_every_module_that_a_docstring_names_is_there(top: str) -> None:
    found = {
        module.relative_to(ROOT).as_posix(): names
        for module in sorted((ROOT / top).rglob("*.py"))
        if (names := lost(module))
    }
    assert {} == found

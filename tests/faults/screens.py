"""Screens as a front-end team has them: generated clients, a package of views.

Called by scenarios that need more than transcoded rpcs.
"""

import asyncio
import sys
from typing import NamedTuple

from tests.faults.bff import ROOT
from tests.faults.site import Site


class Screens(NamedTuple):
    """What a BFF with these is started with, beside all else."""

    arguments: tuple[str, ...]
    env: dict[str, str]


async def screens(site: Site, module: str) -> Screens:
    """That Python text as the one module of the package `fault_views`."""
    folder = site.folder / "python"
    views = folder / "fault_views"
    views.mkdir(parents=True)
    (views / "__init__.py").write_text('"""Views."""\n', encoding="utf-8")
    (views / "screens.py").write_text(module, encoding="utf-8")
    protos, out = str(site.descriptors.parent / "protos"), str(folder / "fault_messages")
    command = (sys.executable, "-m", "bff.codegen", "--protos", protos, "--out", out)
    made = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    assert await made.wait() == 0
    return Screens(("--set", "contract.views=fault_views"), {"PYTHONPATH": f"{ROOT}:{folder}"})

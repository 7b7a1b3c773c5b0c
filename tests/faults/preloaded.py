"""What a preloading server does: assemble the BFF, then fork the workers. A line for each outcome.

Called by scenarios/forked.py, as `python -m tests.faults.preloaded CONFIG before|after`.
"""

import asyncio
import os
import sys
from pathlib import Path

from bff.app import Bff, assemble
from bff.settings import load
from bff.telemetry.metrics import Metrics
from bff.terms.events import silence
from bff.terms.mistakes import ContractMistakes

WORKERS = 4


def main(config: str, when: str) -> None:
    made = asyncio.run(_assembled(config)) if when == "before" else None
    for _ in range(WORKERS):
        child = os.fork()
        if not child:
            asyncio.run(_run(config, made))
            os._exit(0)
        os.waitpid(child, 0)


async def _assembled(config: str) -> Bff:
    return assemble(load(Path(config)), emit=silence, metrics=Metrics())


async def _run(config: str, made: Bff | None) -> None:
    bff = made or await _assembled(config)
    try:
        async with bff.running():
            _say("ran")
    except ContractMistakes as refused:
        _say(f"refused: {refused.whats[0]}")


def _say(text: str) -> None:
    os.write(sys.stdout.fileno(), f"{text}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Load on one server for some seconds: wrk where there is one, else our own.

Called by measure.py.
Never     shares the measured server's core.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.cases import Case
from bench.places import BUILD, LOOPBACK, ROOT, SAMPLES, Cores, environment, pinned
from bench.wrk import Heard, heard, script

PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """`wrk` is its path, None for our own load."""

    wrk: str | None
    cores: Cores

    def run(self, case: Case, port: int, *, connections: int, seconds: float) -> Heard:
        """Raises ValueError where the load could not even say what it did."""
        folder = BUILD / "load"
        folder.mkdir(parents=True, exist_ok=True)
        if self.wrk:
            command = self._wrk(case, port, folder, connections=connections, seconds=seconds)
        else:
            command = self._own(case, port, folder, connections=connections, seconds=seconds)
        with pinned(self.cores.rest):
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=environment(),
                check=False,
                capture_output=True,
                text=True,
                timeout=seconds + PATIENCE_S,
            )
        return heard(done.stdout + done.stderr)

    def _wrk(
        self, case: Case, port: int, folder: Path, *, connections: int, seconds: float
    ) -> list[str]:
        file = folder / f"{case.name}.lua"
        file.write_text(script(case, case.body_of(SAMPLES)), encoding="utf-8")
        whole_s = max(1, round(seconds))  # wrk knows no fractions
        url = f"http://{LOOPBACK}:{port}{case.paths[0]}"
        size = ("-t1", f"-c{connections}", f"-d{whole_s}s", "--latency")
        return [str(self.wrk), *size, "-s", str(file), url]

    def _own(
        self, case: Case, port: int, folder: Path, *, connections: int, seconds: float
    ) -> list[str]:
        file = folder / f"{case.name}.json"
        plan = {
            "host": LOOPBACK,
            "port": port,
            "method": case.method,
            "paths": case.paths,
            "headers": case.headers_sent(),
            "body": case.body_of(SAMPLES).decode(),
            "connections": connections,
            "seconds": seconds,
        }
        file.write_text(json.dumps(plan), encoding="utf-8")
        return [sys.executable, "-m", "bench.load", str(file)]

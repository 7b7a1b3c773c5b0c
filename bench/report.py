"""docs/performance.md and its plot: the template's prose, this run's figures.

Called by __main__.py.
Never     names the machine: how many cores it has is all that a reader can use.
"""

import os
import platform
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from string import Template

from bench.makers import ENVOY_WHEEL
from bench.places import BENCH, ROOT
from bench.plot import svg
from bench.servers import FASTAPI, leading
from bench.tables import (
    bounds,
    case_tables,
    growth_table,
    late_table,
    promises,
    startup_table,
)
from bench.targets import CONNECTIONS
from bench.whole import Bench, Results

DOCS = ROOT / "docs"
PLOTTED = ("unary-0.5k", "unary-5k", "unary-44k", "post", "screen")
PACKAGES = "grpcio protobuf fastapi starlette pydantic uvicorn uvloop httptools orjson".split()


def write(results: Results, bench: Bench) -> tuple[Path, Path]:
    """Write both files; returns their paths."""
    page, picture = DOCS / "performance.md", DOCS / "performance.svg"
    template = Template(Path(BENCH, "performance.template.md").read_text(encoding="utf-8"))
    page.write_text(template.substitute(parts(results, bench)), encoding="utf-8")
    plot = svg(results.figures, PLOTTED, connections=CONNECTIONS, base=FASTAPI)
    picture.write_text(plot, encoding="utf-8")
    return page, picture


def parts(results: Results, bench: Bench) -> dict[str, str]:
    """What the template leaves open."""
    return {
        "promises": promises(results.figures),
        "bounds": bounds(results, leading(bench.tools)),
        "cases": case_tables(results.figures, base=FASTAPI),
        "startup": startup_table(results.startup_s, results.figures),
        "late": late_table(results.late_us) if results.late_us else "Not part of this run.",
        "growth": growth_table(results.growth),
        "conditions": "\n".join(f"- {one}" for one in (*conditions(bench), *_failed(results))),
    }


def conditions(bench: Bench) -> Iterator[str]:
    """On what, with what, for how long; and what was not there."""
    yield f"{os.cpu_count()} cores, Linux {platform.release().partition('-')[0]}"
    effort = bench.effort
    yield f"{effort.rounds} rounds of {effort.seconds:g} s a case and server, interleaved; medians"
    yield (
        "the server alone on one core, services and load on another"
        if bench.cores.rest is not None
        else "one core for everything: servers, services and load share it, so trust CPU us only"
    )
    python = f"{platform.python_implementation()} {platform.python_version()}"
    yield ", ".join((python, *_packages()))
    yield "load: " + ("wrk " + _wrk_version(bench) if bench.tools.wrk else "bench/load.py")
    yield "services: " + ("bench/c, libnghttp2" if bench.tools.downstream else "bench/canned.py")
    if bench.tools.envoy:
        yield f"Envoy {_envoy_version()}, --concurrency 1"
    if bench.tools.gateway:
        yield f"{_gateway_versions()}, GOMAXPROCS=1"
    yield from (f"not here: {one}" for one in bench.tools.absent)


def _failed(results: Results) -> Iterator[str]:
    """First lines alone: what a server said at its end may name this machine's folders."""
    return (f"not measured: {one.partition(chr(10))[0]}" for one in results.failures)


def _packages() -> Iterator[str]:
    for name in PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"no {name}"


def _wrk_version(bench: Bench) -> str:
    told = _said(str(bench.tools.wrk), "--version").split()
    return told[1] if told[1:] else ""


def _envoy_version() -> str:
    return ENVOY_WHEEL.partition("==")[2]


def _gateway_versions() -> str:
    """`grpc-gateway v2.1, grpc-go v1.2, go1.3`, from go.mod and the compiler."""
    lines = Path(BENCH, "peers", "go", "go.mod").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split()[:2] for line in lines if line.startswith("\t") and " v" in line)
    gateway = pins["github.com/grpc-ecosystem/grpc-gateway/v2"]
    go = (_said("go", "version").split() or ["", "", ""])[2]
    return f"grpc-gateway {gateway}, grpc-go {pins['google.golang.org/grpc']}, {go}"


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, check=False, capture_output=True, text=True).stdout
    except OSError:
        return ""

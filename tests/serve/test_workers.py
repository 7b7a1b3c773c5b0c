"""Several workers, in earnest: real processes, real signals, and requests all the while."""

import asyncio
import itertools
import json
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conditions import until
from tests.serve.library import Library, running_library, write_protos
from tests.serve.process import Served, run, serving

BOOK = "/v1/shelves/poems/books/b-1"
CLIENTS = 6
pytestmark = pytest.mark.timeout(180)  # some interpreters have to start, on a busy machine
QUIET = ("--set", "log.level=info", "--set", "deadline_ms=30000")


@asynccontextmanager
async def house(tmp_path: Path, *words: str) -> AsyncIterator[tuple[Served, Library]]:
    """A BFF with two workers, both of which serve."""
    protos = write_protos(tmp_path / "protos")
    async with running_library(protos) as library:
        sources = ("--reflect", library.address, "--auth", "none", "--workers", "2")
        async with serving(*sources, *QUIET, *words, cwd=tmp_path) as bff:
            await heard(bff, lambda: len(told(bff, "worker-ready")) >= 2)
            yield bff, library


def told(bff: Served, state: str) -> list[dict[str, Any]]:
    """The events of that state, oldest first; each with the number and the pid of its worker."""
    found = []
    for line in (one for one in bff.process.out if '"lifecycle"' in one):  # of thousands, some
        event = json.loads(line)
        if event.get("state") == state:
            numbers = re.match(r"worker (\d+), pid (\d+)", event["detail"])
            place, pid = map(int, numbers.groups()) if numbers else (-1, -1)
            found.append({**event, "place": place, "pid": pid})
    return found


def at_s(event: dict[str, Any]) -> float:
    return datetime.fromisoformat(event["ts"]).timestamp()


async def heard(bff: Served, condition: Callable[[], object]) -> None:
    await bff.process._wait(condition)


async def asking(bff: Served, so_long: Callable[[], bool]) -> Counter[str]:
    """What requests came to that clients made, each one after the other, while `so_long`."""
    found: Counter[str] = Counter()

    async def client() -> None:
        async with httpx.AsyncClient(base_url=bff.public.base_url) as http:
            while so_long():
                try:
                    found[str((await http.get(BOOK)).status_code)] += 1
                except httpx.TransportError:
                    found["lost"] += 1

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return found


async def test_f18_a_worker_that_is_killed_costs_what_it_had_and_is_replaced_at_once(tmp_path):
    """How long the new one takes to start is this machine's affair, and docs/reliability.md's."""
    async with house(tmp_path) as (bff, _):
        victim = told(bff, "worker-ready")[0]
        load = asyncio.create_task(asking(bff, lambda: len(told(bff, "worker-ready")) < 3))
        await until(lambda: '"request_finished"' in bff.process.out[-1])
        os.kill(victim["pid"], signal.SIGKILL)
        found = await load
        (died,) = told(bff, "worker-died")
        again, back = told(bff, "worker-started")[-1], told(bff, "worker-ready")[-1]
        assert 0 == await bff.process.end()
    assert (victim["place"], victim["pid"]) == (died["place"], died["pid"])
    assert "status -9" in died["detail"]
    assert (victim["place"], again["pid"]) == (back["place"], back["pid"])
    assert at_s(again) - at_s(died) <= 0.5
    assert found["lost"] <= CLIENTS
    assert {"200", "lost"} >= set(found)
    assert found["200"] > 20


async def test_f17_sigterm_ends_all_workers_behind_their_last_requests(tmp_path):
    async with house(tmp_path, "--set", "drain_s=20") as (bff, library):
        lending = asyncio.create_task(bff.public.post(f"{BOOK}:lend", json={}, timeout=30))
        await library.asked.wait()
        ended = asyncio.create_task(bff.process.end())
        await heard(bff, lambda: len(told(bff, "draining")) == 2)
        assert not ended.done()
        library.lent.set()
        assert 200 == (await lending).status_code
        assert 0 == await ended
        pids = {one["pid"] for one in told(bff, "worker-stopped")}
    assert {one["pid"] for one in told(bff, "worker-started")} == pids
    assert [] == told(bff, "worker-died")


async def test_a_second_signal_ends_all_workers_at_once(tmp_path):
    """Though a request is under way that could last, and the settings would let it."""
    async with house(tmp_path, "--set", "drain_s=20") as (bff, library):
        lending = asyncio.create_task(bff.public.post(f"{BOOK}:lend", json={}, timeout=30))
        await library.asked.wait()
        bff.process.process.send_signal(signal.SIGINT)
        await heard(bff, lambda: len(told(bff, "draining")) == 2)
        async with asyncio.timeout(10):
            await bff.process.end(signal.SIGINT)
        library.lent.set()
        await asyncio.gather(lending, return_exceptions=True)


async def test_f17_workers_are_recycled_under_load_and_no_request_is_lost(tmp_path):
    words = ("--set", "recycle_requests=40", "--set", "lame_duck_s=1")
    async with house(tmp_path, *words) as (bff, _):
        found = await asking(bff, lambda: not told(bff, "worker-stopped"))
        replaced, stopped = told(bff, "worker-replaced"), told(bff, "worker-stopped")
        assert 0 == await bff.process.end()
    assert {"200"} == set(found)
    assert {one["pid"] for one in stopped} <= {one["pid"] for one in replaced}
    for one in replaced:
        ready = [it for it in told(bff, "worker-ready") if it["place"] == one["place"]]
        assert any(at_s(it) <= at_s(one) and it["pid"] != one["pid"] for it in ready)
    assert [] == told(bff, "worker-died")


async def test_each_worker_tells_its_own_figures_on_an_admin_port_of_its_own(tmp_path):
    async with house(tmp_path) as (bff, _):
        for _ in range(10):
            async with httpx.AsyncClient(base_url=bff.public.base_url) as fresh:
                assert 200 == (await fresh.get(BOOK)).status_code
        admins = {re.sub(r".*admin (.*)\)", r"\1", one["detail"]) for one in told(bff, "started")}
        counts = [await counted(admin) for admin in admins]
    assert 2 == len(admins)
    assert 10 == sum(counts)


async def counted(admin: str) -> int:
    async with httpx.AsyncClient(base_url=admin) as http:
        text = (await http.get("/metrics")).text
    found = re.findall(r"^bff_requests_total\{.*\} (\d+)", text, re.MULTILINE)
    return sum(map(int, found))


async def test_workers_do_not_outlive_whoever_would_restart_them(tmp_path):
    async with house(tmp_path) as (bff, _):
        pids = [one["pid"] for one in told(bff, "worker-ready")]
        bff.process.process.kill()
        await until(lambda: not any(map(is_running, pids)))


def is_running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


async def test_a_mistake_in_the_contract_is_told_once_and_nobody_is_started_again(tmp_path):
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos" / "broken.proto").write_text("nonsense")
    ports = ("--port", "0", "--admin-port", "0")
    status, out, err = await run(
        "serve", *ports, "--protos", "protos", "--workers", "2", cwd=tmp_path
    )
    assert 1 == status
    assert 1 == err.count("Expected top-level statement")
    assert 1 == out.count("worker-started")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--workers", "-1"), "fewer than none"),
        (("--workers", "2", "--watch"), "served by one worker"),
        (("--workers", "two"), "server.workers"),
    ],
)
async def test_workers_that_there_cannot_be_are_a_mistake(tmp_path, words, why):
    status, _, err = await run("serve", *words, cwd=tmp_path)
    assert 1 == status
    assert why in err
    assert "Traceback" not in err


DYING = """
import os, sys
os.write(int(sys.argv[-1].split(",")[2]), b"r")
sys.exit(3)
"""
SUPERVISING = """
import sys
from bff.server_options import ServerOptions
from bff.supervisor import supervise
from bff.telemetry.log import JsonLog
options, log = ServerOptions(port=0, admin_port=0, workers=2), JsonLog(sys.stdout)
supervise((sys.executable, "-c", sys.argv[1]), options, write_s=1.0, renewal_s=0.0, emit=log.listen)
"""


async def test_a_worker_that_dies_at_once_is_started_again_less_and_less_often(tmp_path):
    script = tmp_path / "supervising.py"
    script.write_text(SUPERVISING)
    started: list[float] = []
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(script), DYING),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    async for line in process.stdout:
        event = json.loads(line)
        if event["state"] == "worker-started" and event["detail"].startswith("worker 0"):
            started.append(at_s(event))
        if len(started) == 4:
            break
    process.send_signal(signal.SIGTERM)
    await process.stdout.read()
    assert 0 == await process.wait()
    pauses = [after - before for before, after in itertools.pairwise(started)]
    assert pauses[0] < 0.5 <= pauses[1]
    assert 1.0 <= pauses[2]

"""F15: a real BFF before a service that answers nobody, and who still gets through."""

import asyncio
import time
from pathlib import Path

import httpx
import pytest

from tests.serve.library import running_library, write_protos
from tests.serve.process import Served, serving

BOOK = "/v1/shelves/poems/books/b-1"
CONFIG = """
[shedding]
most = 20

[criticality]
"library.v1.Library/LendBook" = "{lending}"
"library.v1.Library/GetBook" = "critical"
"library.v1.Library/CountBooks" = "sheddable"
"""
COUNT = "/library.v1.Library/CountBooks"


def words(tmp_path: Path, address: str, *, lending: str) -> tuple[str, ...]:
    (tmp_path / "bff.toml").write_text(CONFIG.format(lending=lending))
    given = ("--config", "bff.toml", "--reflect", address, "--auth", "none")
    return (*given, "--set", "deadline_ms=60000", "--set", "expose_unannotated=true")


async def lend(bff: Served) -> httpx.Response:
    return await bff.public.post(f"{BOOK}:lend", json={}, timeout=60)


async def inside(bff: Served) -> int:
    text = (await bff.admin.get("/metrics")).text
    return int(float(text.partition("\nbff_requests_inside ")[2].partition("\n")[0]))


@pytest.mark.parametrize(("lending", "stay"), [("sheddable", 12), ("normal", 18)])
async def test_f15_a_service_that_hangs_fills_its_share_and_what_is_critical_gets_through(
    tmp_path, lending, stay
):
    """Forty ask for it. Those beyond the share of their class are refused, at once."""
    async with running_library(write_protos(tmp_path / "protos")) as library:
        given = words(tmp_path, library.address, lending=lending)
        async with serving(*given, cwd=tmp_path) as bff:
            lends = [asyncio.create_task(lend(bff)) for _ in range(40)]
            refused: list[httpx.Response] = []
            for one in asyncio.as_completed(lends):
                refused.append(await one)
                if len(refused) == 40 - stay:
                    break
            full = await inside(bff)
            began_s = time.monotonic()
            critical = [(await bff.public.get(BOOK)).status_code for _ in range(20)]
            count = (await bff.public.post(COUNT, json={})).status_code
            took_s = time.monotonic() - began_s
            library.lent.set()
            answered = [one.status_code for one in await asyncio.gather(*lends)]
            afterwards = (await bff.public.post(COUNT, json={})).status_code
            empty = await inside(bff)

    assert {503} == {one.status_code for one in refused}
    assert {"overloaded"} == {one.json()["type"].rpartition("/")[2] for one in refused}
    assert 1 < len({one.headers["retry-after"] for one in refused})
    assert {200} == set(critical)
    assert 503 == count
    assert took_s < 5.0
    assert {200: stay, 503: 40 - stay} == {it: answered.count(it) for it in set(answered)}
    assert (stay, 200, 0) == (full, afterwards, empty)


async def test_f15_all_are_refused_before_there_are_too_many_of_the_critical(tmp_path):
    async with running_library(write_protos(tmp_path / "protos")) as library:
        given = words(tmp_path, library.address, lending="critical")
        async with serving(*given, cwd=tmp_path) as bff:
            lends = [asyncio.create_task(lend(bff)) for _ in range(30)]
            done, _ = await asyncio.wait(lends, return_when=asyncio.FIRST_COMPLETED)
            while await inside(bff) < 20 or len(done) < 10:
                done, _ = await asyncio.wait(lends, timeout=0)
            critical = (await bff.public.get(BOOK)).status_code
            library.lent.set()
            answered = [one.status_code for one in await asyncio.gather(*lends)]
    assert 503 == critical
    assert (20, 10) == (answered.count(200), answered.count(503))

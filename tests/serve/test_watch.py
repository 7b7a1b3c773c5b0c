"""--watch: what is saved is served, what is broken is told, and nobody is cut off (HT11)."""

import asyncio
from pathlib import Path

import pytest

from bff.codegen import compile_protos
from tests.serve.library import BOOKS, SERVICE, running_library, write_protos
from tests.serve.process import Served, serving

BOOK = "/v1/shelves/poems/books/b-1"
MOVED = BOOKS.replace("/v1/{name=", "/v2/{name=")
NEW_BOOK = BOOK.replace("v1", "v2")
BROKEN = BOOKS.replace("  int64 pages = 2;", "  int65 pages = 2;")


@pytest.fixture
def protos(tmp_path: Path) -> Path:
    return write_protos(tmp_path / "protos")


async def served(bff: Served, path: str) -> None:
    """Returns once the path answers 200; until then it may only be unknown."""
    while (status := (await bff.public.get(path)).status_code) != 200:
        assert 404 == status


async def test_ht11_a_saved_proto_is_served_and_no_request_is_dropped(protos, tmp_path):
    async with running_library(protos) as library:
        words = ("--watch", "--auth", "none", "--set", "deadline_ms=60000")
        source = ("--protos", "protos", "--service", f"*={library.address}")
        async with serving(*words, *source, cwd=tmp_path) as bff:
            before = await bff.public.get(BOOK)
            under_way = asyncio.create_task(bff.public.post(f"{BOOK}:lend", json={}))
            await library.asked.wait()
            write_protos(protos, MOVED)
            await served(bff, NEW_BOOK)
            gone = await bff.public.get(BOOK)
            documented = (await bff.admin.get("/openapi.json")).text
            library.lent.set()
            answered = await under_way
            event = await bff.process.event("reloaded")
            status = await bff.process.end()

    assert [200, 404, 200] == [one.status_code for one in (before, gone, answered)]
    assert "/v2/" in documented
    assert "2 endpoints" == event["detail"]
    assert 0 == status


async def test_a_proto_that_does_not_compile_leaves_the_last_good_api_and_shows_the_line(
    protos, tmp_path
):
    async with running_library(protos) as library:
        source = ("--protos", "protos", "--service", f"*={library.address}")
        async with serving("--watch", *source, "--auth", "none", cwd=tmp_path) as bff:
            write_protos(protos, BROKEN)
            told = await bff.process.says("int65 pages")
            event = await bff.process.event("reload-failed")
            still = await bff.public.get(BOOK)
            write_protos(protos, MOVED)
            await served(bff, NEW_BOOK)

    line = BROKEN[: BROKEN.index("int65")].count("\n") + 1
    assert f"library/v1/books.proto:{line}:" in told
    assert "      int65 pages = 2;" in told.splitlines()
    assert f"library/v1/books.proto:{line}" in event["detail"]
    assert 200 == still.status_code


async def test_a_saved_descriptor_set_and_a_saved_config_are_served(protos, tmp_path):
    (tmp_path / "library.binpb").write_bytes(compile_protos(protos))
    async with running_library(protos) as library:
        config = f"""
            [server]
            reload = true
            [contract]
            descriptors = ["library.binpb"]
            [services]
            "{SERVICE}" = "{library.address}"
            [access]
            default = "public"
        """
        (tmp_path / "bff.toml").write_text(config)
        async with serving(cwd=tmp_path) as bff:
            write_protos(protos, MOVED)
            (tmp_path / "library.binpb").write_bytes(compile_protos(protos))
            await served(bff, NEW_BOOK)
            (tmp_path / "bff.toml").write_text(config + "[json]\nint64 = 'number'\n")
            while (found := (await bff.public.get(NEW_BOOK)).json()["pages"]) == "9007199254740993":
                assert 200 == (await bff.public.get("/livez")).status_code

    assert 2**53 + 1 == found


async def test_ht11_a_server_that_changed_its_contract_is_reflected_again(protos, tmp_path):
    async with running_library(protos) as library:
        port = int(library.address.rpartition(":")[2])
        words = ("--watch", "--reflect", library.address, "--auth", "none")
        async with serving(*words, cwd=tmp_path) as bff:
            assert 200 == (await bff.public.get(BOOK)).status_code
            await library.stop()
            write_protos(protos, MOVED)
            async with running_library(protos, port=port):
                await served(bff, NEW_BOOK)
                assert 404 == (await bff.public.get(BOOK)).status_code

"""Zero-code serving: a service, one command, and REST; from each of the three sources."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from bff.codegen import compile_protos
from tests.serve.library import SERVICE, running_library, write_protos
from tests.serve.process import FREE_PORTS, run, serving

BOOK = "/v1/shelves/poems/books/b-1"


@pytest.fixture
def protos(tmp_path: Path) -> Path:
    return write_protos(tmp_path / "protos")


@pytest.mark.parametrize("source", ["descriptors", "protos", "reflect"])
async def test_a_service_is_served_as_rest_and_leaves_nothing_behind(source, protos, tmp_path):
    """demo.md "zero-code": nothing but the source, an address and --auth none."""
    (tmp_path / "library.binpb").write_bytes(compile_protos(protos))
    async with running_library(protos) as library:
        words = {
            "descriptors": ["--descriptors", "library.binpb", "--service", f"*={library.address}"],
            "protos": ["--protos", "protos", "--service", f"{SERVICE}={library.address}"],
            "reflect": ["--reflect", library.address],
        }[source]
        async with serving(*words, "--auth", "none", cwd=tmp_path) as bff:
            book = await bff.public.get(BOOK)
            ready = await bff.public.get("/readyz")
            ports = [one.base_url.port for one in (bff.public, bff.admin)]
            status = await bff.process.end()

    assert (200, "shelves/poems/books/b-1") == (book.status_code, book.json()["name"])
    assert "9007199254740993" == book.json()["pages"]
    assert 200 == ready.status_code
    assert 0 == status
    with pytest.raises(ProcessLookupError):
        os.killpg(bff.process.process.pid, 0)
    for port in ports:
        with socket.socket() as probe:
            assert 0 != probe.connect_ex(("127.0.0.1", port))


async def test_ht9_row_36_an_unannotated_rpc_is_served_only_when_asked(protos, tmp_path):
    async with running_library(protos) as library:
        words = ("--reflect", library.address, "--auth", "none")
        path, body = f"/{SERVICE}/CountBooks", {"name": "x"}
        async with serving(*words, cwd=tmp_path) as bff:
            silent = await bff.public.post(path, json=body)
        async with serving(*words, "--set", "expose_unannotated=true", cwd=tmp_path) as bff:
            served = await bff.public.post(path, json=body)
            stream = await bff.public.post(f"/{SERVICE}/WatchBooks", json=body)
            by_get = await bff.public.get(path)
            annotated = await bff.public.post(f"/{SERVICE}/GetBook", json=body)
            health = await bff.public.post("/grpc.health.v1.Health/Check", json={})

    assert (404, 200, "x") == (silent.status_code, served.status_code, served.json()["name"])
    assert (200, 2) == (stream.status_code, stream.text.count('"name":"x"'))
    assert (405, "POST") == (by_get.status_code, by_get.headers["allow"])
    assert 404 == annotated.status_code
    assert 404 == health.status_code


async def test_documents_are_on_the_admin_port_and_public_only_when_asked(protos, tmp_path):
    words = ("--protos", "protos", "--auth", "none")
    async with serving(*words, cwd=tmp_path) as bff:
        hidden = await bff.public.get("/openapi.json")
        shown = await bff.admin.get("/openapi.json")
    async with serving(*words, "--set", "docs=true", cwd=tmp_path) as bff:
        public = await bff.public.get("/openapi.json")

    assert [404, 200, 200] == [one.status_code for one in (hidden, shown, public)]
    summaries = {
        operation.get("summary")
        for item in shown.json()["paths"].values()
        for operation in item.values()
    }
    assert "Returns one book." in summaries


async def test_the_config_of_the_working_folder_is_not_read_where_a_contract_is_named(
    protos, tmp_path
):
    (tmp_path / "bff.toml").write_text("this is no TOML")
    async with serving("--protos", "protos", "--auth", "none", cwd=tmp_path) as bff:
        assert 200 == (await bff.public.get("/livez")).status_code
    status, _, told = await run("check", cwd=tmp_path)
    assert (1, True) == (status, "this is not TOML" in told)


async def test_a_service_without_an_address_is_told_at_boot(protos, tmp_path):
    async with serving("--protos", "protos", "--auth", "none", cwd=tmp_path) as bff:
        answer = await bff.public.get(BOOK)
        told = await bff.process.says("routes at")

    assert 503 == answer.status_code
    assert f"note: {SERVICE} has no address" in told


async def test_without_auth_none_every_route_wants_a_token_and_the_operator_is_told(
    protos, tmp_path
):
    async with serving("--protos", "protos", cwd=tmp_path) as bff:
        answer = await bff.public.get(BOOK)
        told = await bff.process.says("routes at")

    assert 401 == answer.status_code
    assert "note: 2 routes want a token and there is no [[issuers]] to trust" in told


async def test_a_port_in_use_is_one_clear_line(protos, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        words = ("serve", "--protos", "protos", *FREE_PORTS, "--port", port)
        status, _, told = await run(*words, cwd=tmp_path)

    assert 1 == status
    assert [
        (
            f"mistake: 127.0.0.1:{port} can't be listened on (Address already in use):"
            " choose another with --port @ server.port"
        )
    ] == told.splitlines()


async def refused(port: int | None) -> None:
    """Returns once nothing listens on the port any more."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionError:
            return
        writer.close()
        await writer.wait_closed()


async def test_sigterm_lets_a_request_under_way_end(protos, tmp_path):
    async with running_library(protos) as library:
        words = ("--reflect", library.address, "--auth", "none", "--set", "deadline_ms=60000")
        async with serving(*words, cwd=tmp_path) as bff:
            lending = asyncio.create_task(bff.public.post(f"{BOOK}:lend", json={}))
            await library.asked.wait()
            bff.process.process.send_signal(signal.SIGTERM)
            await refused(bff.public.base_url.port)
            library.lent.set()
            answer = await lending
            assert 200 == answer.status_code
            assert 0 == await bff.process.process.wait()

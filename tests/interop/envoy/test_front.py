"""What two BFFs are to the world when the Envoy of deploy/ stands in front of them."""

import asyncio
import re
import signal
import subprocess
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest_asyncio
import yaml

from tests.faults.listening import listen_at
from tests.faults.load import Load
from tests.faults.moment import passed, until
from tests.faults.scenarios.rolling import until_well
from tests.interop.envoy.front import CONFIG, QUOTA, Front, envoy

FRONT = CONFIG.with_name("front.yaml")


@pytest_asyncio.fixture
async def ask(fronted: Front) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{fronted.port}") as client:
        yield client


async def test_a_path_arrives_as_it_was_sent(ask, fronted):
    """Envoy neither decodes nor merges nor walks: what is refused directly is refused behind it."""
    direct = f"http://127.0.0.1:{fronted.bffs[0].port}"
    for path in (
        "/v1/echo/a%2Fb",
        "/v1/echo/a%252Fb",
        "/v1//echo/a",
        "/v1/echo/%zz",
        "/v1/echo/a;b",
    ):
        behind, before = await ask.get(path), await ask.get(direct + path)
        assert (before.status_code, before.json().get("id")) == (
            behind.status_code,
            behind.json().get("id"),
        ), path
    assert "a/b" == (await ask.get("/v1/echo/a%2Fb")).json()["id"]


async def test_an_address_is_the_connections_whatever_a_client_writes(ask):
    """Row 109: forged X-Forwarded-For buys no second quota, not even with a hop that is trusted."""
    statuses = [
        (await ask.get(f"/v1/echo/{n}", headers={"x-forwarded-for": forged(n)})).status_code
        for n in range(2 * QUOTA + 20)  # each of the two counts by itself: there is no store
    ]
    assert 429 in statuses
    assert {200, 429} == set(statuses)


def forged(n: int) -> str:
    """Another address each time, brought by what looks like the proxy."""
    return f"9.9.{n // 250}.{n % 250}, 127.0.0.1"


async def test_what_a_client_says_of_its_way_here_does_not_reach_a_bff(program, tmp_path):
    """Rows 109, 110: the BFF hears one address, Envoy's word."""
    forgery = {
        "x-forwarded-for": forged(1),
        "x-forwarded-host": "evil.example",
        "x-forwarded-port": "1",
        "x-forwarded-proto": "https",
        "forwarded": "for=9.9.9.9;host=evil.example",
        "x-real-ip": "9.9.9.9",
    }
    server = await asyncio.start_server(repeat_the_head, "127.0.0.1", 0)
    async with server:
        [place] = server.sockets
        async with (
            envoy(program, tmp_path, [place.getsockname()[1]]) as (port, _),
            httpx.AsyncClient() as client,
        ):
            heard = (await client.get(f"http://127.0.0.1:{port}/", headers=forgery)).text
    fields = [line.lower().partition(": ") for line in heard.splitlines()]
    told = {name: value for name, _, value in fields if name in forgery}
    assert ip_address(told.pop("x-forwarded-for"))  # for loopback Envoy names the machine's own
    assert {"x-forwarded-proto": "http"} == told


async def repeat_the_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Stands where a BFF would: answers with the head that came."""
    head = await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(head))
    writer.write(head)
    await writer.drain()
    writer.close()


async def test_an_envoy_that_will_end_still_answers_and_closes_its_connections(ask, fronted):
    """What its preStop does, but for the wait."""
    [container] = next(yaml.safe_load_all(FRONT.read_text(encoding="utf-8")))["spec"]["template"][
        "spec"
    ]["containers"]
    [*shell, script] = container["lifecycle"]["preStop"]["exec"]["command"]
    script = re.sub(r"sleep \d+", "", script.replace("9901", str(fronted.admin_port)))
    assert "close" != (await ask.get("/v1/echo/a")).headers.get("connection")

    done = await asyncio.to_thread(
        subprocess.run, [*shell, script], capture_output=True, check=True, timeout=10
    )
    assert 2 == done.stdout.count(b"HTTP/1.1 200 OK"), done.stdout
    answer = await ask.get("/v1/echo/a")
    assert (200, "close") == (answer.status_code, answer.headers.get("connection"))


async def test_a_stream_comes_message_by_message_and_its_reader_sees_its_end(fronted):
    listening = listen_at(fronted.port, "s-1")
    assert await until(lambda: len(listening.numbers) > 2, within_s=10)
    assert (200, False, 0) == (listening.status, listening.is_whole, listening.wrong)
    await listening.close()


async def test_f17_a_rolling_restart_loses_nothing(fronted):
    load = Load(fronted.port, rate=20.0)
    load.start()
    streams = [listen_at(fronted.port, f"s-{n}") for n in range(3)]
    for place, old in enumerate(tuple(fronted.bffs)):
        old.signal(signal.SIGTERM)
        assert await until(lambda old=old: old.process.returncode is not None, within_s=30)
        new = await fronted.renewed(place)
        await until_well(new.port)
        await passed(1.5)  # Envoy asks once a second
    await load.stop()
    await asyncio.gather(*(one.close() for one in streams))

    assert len(load.tape.shots) > 20
    assert not load.tape.bad, load.tape.bad.tell()
    assert all(one.is_typed for one in streams)


def test_the_deployed_file_is_a_valid_one(program, tmp_path):
    """All of it, TLS too."""
    words = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    files = ("-keyout", str(tmp_path / "tls.key"), "-out", str(tmp_path / "tls.crt"))
    subprocess.run(
        ["openssl", *words, *files, "-subj", "/CN=localhost"], check=True, capture_output=True
    )
    text = CONFIG.read_text(encoding="utf-8").replace("/etc/envoy/tls", str(tmp_path))
    file = Path(tmp_path, "envoy.yaml")
    file.write_text(text, encoding="utf-8")

    done = subprocess.run(
        [program, "--mode", "validate", "-c", file], capture_output=True, check=False
    )
    assert 0 == done.returncode, done.stderr.decode()
    assert yaml.safe_load(text)

"""Reading a key set from a file, and from a real HTTP server (the rest of F20: test_outbound)."""

from pathlib import Path

import pytest

from bff.guard.outbound import Unreachable
from bff.guard.tokens.key_source import MAX_KEY_SET_BYTES, fetcher, read_file
from tests.guard.forge import good_set
from tests.guard.raw_server import server


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def test_a_good_set_is_read_as_it_is() -> None:
    async with server(answer(good_set())) as (url, _):
        assert good_set() == await fetcher(url)()


async def test_row_92_a_redirect_is_not_followed() -> None:
    async with server(answer(good_set())) as (target, reached):
        found = answer(b"", "302 Found", f"location: {target}")
        async with server(found) as (url, _):
            with pytest.raises(Unreachable, match="answered 302"):
                await fetcher(url)()
    assert [] == reached


@pytest.mark.parametrize("status", ["204 No Content", "401 x", "404 x", "500 x", "503 x"])
async def test_f20_any_status_but_200_is_a_failure(status: str) -> None:
    async with server(answer(good_set(), status)) as (url, _):
        with pytest.raises(Unreachable, match=f"answered {status[:3]}"):
            await fetcher(url)()


async def test_f20_a_set_has_at_most_256_kib() -> None:
    async with server(answer(b" " * MAX_KEY_SET_BYTES)) as (url, _):
        assert MAX_KEY_SET_BYTES == len(await fetcher(url)())
    async with server(answer(b" " * (MAX_KEY_SET_BYTES + 1))) as (url, _):
        with pytest.raises(Unreachable, match=f"larger than {MAX_KEY_SET_BYTES} bytes"):
            await fetcher(url)()


async def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(good_set())
    assert good_set() == await fetcher(str(path))()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"keys\.json: No such file or directory"):
        read_file(str(tmp_path / "keys.json"))


def test_an_oversize_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(b" " * (MAX_KEY_SET_BYTES + 1))
    with pytest.raises(Unreachable, match="larger than"):
        read_file(str(path))

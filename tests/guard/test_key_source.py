"""Reading a key set from a file and from a real HTTP server, a good one and bad ones (F20)."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import pytest

from bff.guard.key_source import MAX_KEY_SET_BYTES, KeysUnreadable, fetcher, read_file, read_url
from tests.guard.forge import good_set

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """The address of a server on a free port that gives that answer to every GET."""

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/keys?tenant=1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def body(content: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return answer


def refused(url: str, timeout_s: float = 5.0) -> str:
    with pytest.raises(KeysUnreadable) as caught:
        read_url(url, timeout_s=timeout_s)
    return str(caught.value)


def test_a_good_set_is_read_as_it_is() -> None:
    with serving(body(good_set())) as url:
        assert good_set() == read_url(url)


async def test_the_fetcher_of_a_url_reads_it_in_a_thread() -> None:
    with serving(body(good_set())) as url:
        assert good_set() == await fetcher(url)()


def test_the_query_is_sent_and_no_credentials_are() -> None:
    seen: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        seen.extend([request.path, request.headers.get("Authorization", "-")])
        body(b"{}")(request)

    with serving(answer) as url:
        read_url(url.replace("//", "//user:secret@"))
    assert ["/keys?tenant=1", "-"] == seen


def test_row_92_a_redirect_is_not_followed() -> None:
    reached: list[str] = []

    def elsewhere(request: BaseHTTPRequestHandler) -> None:
        reached.append(request.path)
        body(good_set())(request)

    with serving(elsewhere) as target, serving(body(b"", 302, Location=target)) as url:
        said = refused(url)
    assert ([], True) == (reached, "answered 302" in said)


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    with serving(body(good_set())) as url:
        assert good_set() == read_url(url)


@pytest.mark.parametrize("status", [204, 401, 404, 500, 503])
def test_f20_any_status_but_200_is_a_failure(status: int) -> None:
    with serving(body(b"", status)) as url:
        assert f"answered {status}" in refused(url)


def test_f20_an_oversize_set_is_refused_after_256_kib() -> None:
    """50 MB are announced; the reader leaves long before they are sent."""
    gone = Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            for _ in range(800):
                request.wfile.write(b"x" * 65_536)
        except OSError:
            gone.set()

    with serving(answer) as url:
        said = refused(url)
        assert gone.wait(5)
    assert f"larger than {MAX_KEY_SET_BYTES} bytes" in said


def test_a_set_of_exactly_256_kib_is_read() -> None:
    with serving(body(b" " * MAX_KEY_SET_BYTES)) as url:
        assert MAX_KEY_SET_BYTES == len(read_url(url))


def test_f20_a_stalled_server_is_left_after_the_timeout() -> None:
    over = Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        over.wait(10)

    with serving(answer) as url:
        began_s = monotonic()
        said = refused(url, timeout_s=0.1)
        over.set()
    assert (True, True) == ("timed out" in said, monotonic() - began_s < 3)


def test_f20_a_dripping_server_is_left_after_the_timeout_all_told() -> None:
    """Each byte arrives within a socket's own timeout; together they would last for ever."""
    over = Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not over.wait(0.02):
            try:
                request.wfile.write(b" ")
            except OSError:
                return

    with serving(answer) as url:
        said = refused(url, timeout_s=0.2)
        over.set()
    assert "timed out" in said


def test_f20_a_dead_address_is_a_failure() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, never listening: nobody else can take the port
        said = refused(f"http://127.0.0.1:{held.getsockname()[1]}/")
    assert "refused" in said


def test_https_wants_a_certificate_that_we_can_check() -> None:
    """The server speaks plain HTTP: the handshake fails, and nothing is read unencrypted."""
    with serving(body(good_set())) as url:
        assert "SSL" in refused(url.replace("http://", "https://"))


@pytest.mark.parametrize("url", ["http://", "http://[::1", "http://127.0.0.1:99999/"])
def test_a_malformed_address_is_a_failure_and_no_crash(url: str) -> None:
    with pytest.raises(KeysUnreadable):
        read_url(url, timeout_s=0.1)


def test_an_error_shows_neither_password_nor_query() -> None:
    with serving(body(b"", 500)) as url:
        said = refused(url.replace("//", "//user:hunter2@"))
    assert (False, False) == ("hunter2" in said, "tenant" in said)


async def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(good_set())
    assert good_set() == await fetcher(str(path))()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeysUnreadable, match=r"keys\.json: No such file or directory"):
        read_file(str(tmp_path / "keys.json"))


def test_an_oversize_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(b" " * (MAX_KEY_SET_BYTES + 1))
    with pytest.raises(KeysUnreadable, match="larger than"):
        read_file(str(path))

"""Our HTTP/2 over TLS: whom we trust, whom we refuse, and how we prove who we are.

grpcio's transport here is plaintext only: these tests run over ours alone, against grpcio's server.

Sources   docs/spec/threats.md ("transport to services"); RFC 7301 (ALPN); RFC 9113 section 3.2.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from bff.transport.http2.options import Http2Options, Tls
from bff.transport.http2.transport import Http2Transport
from tests.transport.both import answered, ask, outcome, streamed
from tests.transport.certificates import Authority, Issued
from tests.transport.echo_service import echo_service
from tests.transport.scenarios import (
    DOWN,
    SAY,
    a_dialogue_takes_turns,
    a_megabyte_goes_there,
    a_service_that_ends_an_upload_early_is_heard,
    a_thousand_calls_at_once_are_all_answered,
    messages_stream_up,
)

UNREACHABLE = "silent upstream-unavailable"
Trusting = Callable[..., Http2Transport]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "authority")


@pytest_asyncio.fixture
async def trusting(authority: Authority) -> AsyncIterator[Trusting]:
    """Makes transports that trust our authority, with other settings of Tls as given."""
    made: list[Http2Transport] = []

    def one(target: str, *, ca: Authority = authority, **tls: str) -> Http2Transport:
        options = Http2Options(tls=Tls(ca_file=str(ca.file), **tls), reconnect_ms=200)
        made.append(Http2Transport(target, options))
        return made[-1]

    yield one
    for transport in made:
        await transport.close()


def server_of(issued: Issued, *, clients: Authority | None = None) -> grpc.ServerCredentials:
    """`clients`: who has to have signed the certificate that every client must show."""
    pair = (issued.key_file.read_bytes(), issued.certificate_file.read_bytes())
    return grpc.ssl_server_credentials(
        [pair],
        root_certificates=clients.file.read_bytes() if clients else None,
        require_client_auth=clients is not None,
    )


async def came_to(transport: Http2Transport) -> str:
    return await outcome(ask(transport, path=SAY))


async def test_a_service_that_our_authority_vouches_for_is_called(authority, trusting):
    async with echo_service(server_of(authority.issue("service"))) as address:
        transport = trusting(f"https://{address}")
        assert "answer hello" == await came_to(transport)
        told = (("say-count", "3"),)
        assert "0 1 2, then OK" == await streamed(transport, path=DOWN, metadata=told)


async def test_a_service_of_another_authority_is_refused(authority, trusting, tmp_path):
    stranger = Authority(tmp_path, "stranger")
    async with echo_service(server_of(authority.issue("service"))) as address:
        assert UNREACHABLE == await came_to(trusting(f"https://{address}", ca=stranger))


async def test_without_an_authority_of_its_own_a_target_is_held_against_the_systems(authority):
    """No setting at all never means no check."""
    async with echo_service(server_of(authority.issue("service"))) as address:
        transport = Http2Transport(f"https://{address}", Http2Options(reconnect_ms=200))
        assert UNREACHABLE == await came_to(transport)
        await transport.close()


async def test_a_certificate_for_another_host_is_refused(authority, trusting):
    async with echo_service(server_of(authority.issue("service", host="10.0.0.1"))) as address:
        assert UNREACHABLE == await came_to(trusting(f"https://{address}"))


async def test_the_name_to_look_for_may_be_set(authority, trusting):
    async with echo_service(server_of(authority.issue("service", host="users.test"))) as address:
        named = trusting(f"https://{address}", server_name="users.test")
        assert "answer hello" == await came_to(named)


async def test_an_expired_certificate_is_refused(authority, trusting):
    async with echo_service(server_of(authority.issue("service", days=-1))) as address:
        assert UNREACHABLE == await came_to(trusting(f"https://{address}"))


async def test_a_service_that_asks_who_we_are_is_shown_our_certificate(authority, trusting):
    """mTLS."""
    ours = authority.issue("bff", host="bff.test")
    service = server_of(authority.issue("service"), clients=authority)
    async with echo_service(service) as address:
        shown = trusting(
            f"https://{address}",
            certificate_file=str(ours.certificate_file),
            key_file=str(ours.key_file),
        )
        assert "answer hello" == await came_to(shown)


async def test_without_a_certificate_such_a_service_cannot_be_reached(authority, trusting):
    service = server_of(authority.issue("service"), clients=authority)
    async with echo_service(service) as address:
        assert UNREACHABLE == await came_to(trusting(f"https://{address}"))


async def test_files_that_are_missing_fail_the_call_and_not_the_process(authority, trusting):
    async with echo_service(server_of(authority.issue("service"))) as address:
        broken = trusting(f"https://{address}", certificate_file="/nowhere/bff.pem")
        assert UNREACHABLE == await came_to(broken)


async def test_a_service_in_plaintext_is_not_spoken_to_in_the_clear(trusting):
    async with echo_service() as address:
        assert UNREACHABLE == await came_to(trusting(f"https://{address}"))


async def test_a_server_that_does_not_choose_h2_is_refused(authority, trusting):
    """An HTTP/1 server behind TLS: without ALPN h2 there is no HTTP/2 (RFC 9113 3.2)."""
    issued = authority.issue("service")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.certificate_file, issued.key_file)
    context.set_alpn_protocols(["http/1.1"])
    came: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await reader.read())
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = listener.sockets[0].getsockname()[1]
    assert UNREACHABLE == await came_to(trusting(f"https://127.0.0.1:{port}"))
    listener.close()
    assert b"" == b"".join(came)


async def test_a_certificate_that_was_renewed_is_read_again(authority, trusting, tmp_path):
    """Files are read at each dial: a new authority counts without a restart."""
    old = Authority(tmp_path, "renewed")
    async with echo_service(server_of(authority.issue("service"))) as address:
        transport = trusting(f"https://{address}", ca=old)
        assert UNREACHABLE == await came_to(transport)
        old.file.write_bytes(authority.file.read_bytes())
        assert b"hello" == await answered(transport, path=SAY)


@pytest.mark.parametrize(
    "scenario",
    [
        a_megabyte_goes_there,
        messages_stream_up,
        a_dialogue_takes_turns,
        a_service_that_ends_an_upload_early_is_heard,
        a_thousand_calls_at_once_are_all_answered,
    ],
    ids=lambda it: it.__name__,
)
async def test_encryption_changes_nothing(scenario, authority, trusting):
    """asyncio's TLS buffers, pauses and closes in its own way."""
    async with echo_service(server_of(authority.issue("service"))) as address:
        await scenario(trusting(f"https://{address}"))

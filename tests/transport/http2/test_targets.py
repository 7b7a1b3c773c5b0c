"""How an operator writes a place, and which transport goes there."""

import pytest

from bff.transport.grpcio import GrpcioTransport
from bff.transport.http2.address import Address, address_of
from bff.transport.http2.options import Http2Options, Tls
from bff.transport.http2.transport import Http2Transport
from bff.transport.targets import transport_for


@pytest.mark.parametrize(
    ("expected", "target"),
    [
        (Address("users", 50051), "users:50051"),
        (Address("10.0.0.7", 1), "h2c://10.0.0.7:1"),
        (Address("::1", 50051), "[::1]:50051"),
        (Address("users", 443, secure=True), "https://users"),
        (Address("users", 8443, secure=True), "https://users:8443/"),
        (Address("", 0, path="/run/x.sock"), "unix:///run/x.sock"),
        (Address("", 0, path="x.sock"), "unix:x.sock"),
    ],
)
def test_a_target_is_a_place(expected: Address, target: str) -> None:
    assert expected == address_of(target)


@pytest.mark.parametrize(
    "target",
    [
        "",
        "users",
        "users:",
        "users:x",
        "users:70000",
        ":1",
        "ftp://users:1",
        "unix:",
        "a@b:1",
        "a:1/b",
    ],
)
def test_a_target_that_names_no_place_is_refused_with_a_sentence(target: str) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        address_of(target)


def test_an_authority_brackets_ipv6() -> None:
    assert ["[::1]:1", "users:1", "localhost"] == [
        one.authority for one in (Address("::1", 1), Address("users", 1), Address("", 0, path="/x"))
    ]


@pytest.mark.parametrize("target", ["users:1", "h2c://users:1", "https://users", "unix:/x"])
def test_places_are_carried_by_our_own_http2(target: str) -> None:
    assert isinstance(transport_for(target), Http2Transport)


async def test_grpcs_own_schemes_are_carried_by_grpcio() -> None:
    for target in ("xds:///users", "dns:///users:50051"):
        transport = transport_for(target)
        assert isinstance(transport, GrpcioTransport)
        await transport.close()


def test_tls_is_never_dropped_in_silence() -> None:
    with pytest.raises(ValueError, match="TLS"):
        transport_for("dns:///users:50051", Http2Options(tls=Tls()))

"""Plaintext stays on this machine (threats: transport to services)."""

import pytest

from bff.terms.mistakes import ContractMistake
from bff.transport.http2.options import Http2Options, Tls
from bff.transport.security import ServiceSecurity, check_security, stays_here

PLAIN = Http2Options()
TARGETS = {
    "127.0.0.1:1": True,
    "127.9.9.9:1": True,
    "[::1]:1": True,
    "localhost:1": True,
    "users.localhost:1": True,
    "h2c://localhost:1": True,
    "unix:/run/users.sock": True,
    "unix-abstract:users": True,
    "ipv4:127.0.0.1:1": True,
    "ipv6:[::1]:1": True,
    "127.0.0.1:1,[::1]:2": True,
    "users:1": False,
    "localhost.evil.example:1": False,
    "10.0.0.7:1": False,
    "0.0.0.0:1": False,
    "127.0.0.1:1,10.0.0.7:1": False,
    "ipv4:10.0.0.7:1": False,
    "ipv4:127.0.0.1:1,10.0.0.7:1": False,
    "dns:///localhost:1": False,
    "xds:///users": False,
}


@pytest.mark.parametrize(("target", "expected"), TARGETS.items())
def test_what_stays_on_this_machine(target: str, expected: bool) -> None:
    assert expected is stays_here(target)


@pytest.mark.parametrize("target", [one for one, stays in TARGETS.items() if not stays])
def test_plaintext_to_another_machine_is_a_mistake_that_says_what_to_write(target: str) -> None:
    with pytest.raises(ContractMistake, match="is spoken to in plaintext") as caught:
        check_security(target, PLAIN, where="users.v1.Users")
    assert 'services."users.v1.Users"' == caught.value.where
    assert '[security."users.v1.Users"]' in caught.value.what


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("users:1", Http2Options(insecure=True)),
        ("users:1", ServiceSecurity(insecure=True).over(PLAIN)),
        ("users:1", Http2Options(tls=Tls())),
        ("users:1", ServiceSecurity(ca_file="ca.pem").over(PLAIN)),
        ("https://users", PLAIN),
        ("https://users,https://others:1", PLAIN),
        ("127.0.0.1:1", PLAIN),
    ],
)
def test_tls_and_a_word_of_the_operators_are_no_mistakes(
    target: str, options: Http2Options
) -> None:
    assert None is check_security(target, options, where="users.v1.Users")  # type: ignore[func-returns-value]


def test_what_a_service_says_is_above_what_holds_for_all() -> None:
    usual = Http2Options(tls=Tls(ca_file="all.pem"), max_reply_bytes=7)
    own = ServiceSecurity(ca_file="own.pem", certificate_file="us.pem", server_name="u").over(usual)
    assert Tls(ca_file="own.pem", certificate_file="us.pem", server_name="u") == own.tls
    assert (7, usual) == (own.max_reply_bytes, ServiceSecurity().over(usual))


def test_insecure_beside_files_for_tls_is_a_mistake() -> None:
    with pytest.raises(ContractMistake, match="take one of them away"):
        ServiceSecurity(insecure=True, ca_file="ca.pem")

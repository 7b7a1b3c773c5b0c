"""The head of a request: who asks, through whom, in which trace."""

from itertools import islice

import pytest

from bff.edge.forwarded import Proxies
from bff.edge.request import Head, request_ids
from bff.edge.trace import traceparent_of, tracestate_of
from bff.settings import load
from bff.terms.headers import Headers
from bff.terms.mistakes import ContractMistakes

GOOD = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
NET = Proxies(["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"])


@pytest.mark.parametrize(
    ("peer", "chain", "client"),
    [
        ("203.0.113.7", "9.9.9.9", "203.0.113.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "9.9.9.9", "9.9.9.9"),
        ("10.0.0.1", "6.6.6.6, 9.9.9.9, 192.0.2.1", "9.9.9.9"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "6.6.6.6, unknown, 9.9.9.9", "9.9.9.9"),
        ("10.0.0.1", "9.9.9.9, <script>", "10.0.0.1"),
        ("10.0.0.1", "9.9.9.9:4711, [2001:db8::2]:80", "9.9.9.9"),
        ("::ffff:10.0.0.1", "9.9.9.9", "9.9.9.9"),
        ("", "9.9.9.9", ""),
    ],
)
def test_hm5_row_109_the_client_is_the_rightmost_that_no_listed_proxy_is(peer, chain, client):
    found = NET.read(Headers.of([("x-forwarded-for", chain)]), peer=peer, scheme="http")
    assert client == found.client


def test_hm5_a_long_chain_is_cut_on_its_left():
    chain = ", ".join(f"9.9.9.{number}" for number in range(200))
    found = NET.read(Headers.of([("x-forwarded-for", chain)]), peer="10.0.0.1", scheme="http")
    kept = dict(found.metadata)["x-forwarded-for"].split(", ")
    assert (21, "9.9.9.180", "9.9.9.199") == (len(kept), kept[0], found.client)


@pytest.mark.parametrize(
    ("host", "kept"),
    [
        ("shop.test", True),
        ("shop.test:8080", True),
        ("[2001:db8::1]:80", True),
        ("shop.test/evil", False),
        ("a b", False),
        ("käse", False),
        ("a\r\nb", False),
        ("", False),
    ],
)
def test_row_110_a_host_that_is_none_is_handed_to_nobody(host, kept):
    found = Proxies().read(Headers([(b"host", host.encode())]), peer="1.1.1.1", scheme="http")
    assert (host if kept else "") == found.host
    assert kept == any(name == "x-forwarded-host" for name, _ in found.metadata)


def test_row_110_a_protocol_that_is_none_is_ignored():
    found = NET.read(
        Headers.of([("x-forwarded-proto", "javascript")]), peer="10.0.0.1", scheme="http"
    )
    assert "http" == found.scheme


def test_rows_109_110_what_only_a_proxy_may_say_is_gone_from_the_headers():
    """So that no room can believe it by accident."""
    names = ["forwarded", "x-real-ip", *(f"x-forwarded-{one}" for one in ("for", "host", "proto"))]
    headers = [(name.encode(), b"evil") for name in names]
    scope = {"method": "GET", "path": "/", "query_string": b"", "headers": headers}
    assert {} == Head(scope).headers


def test_several_forwarded_for_headers_are_one_chain():
    headers = [(b"x-forwarded-for", b"9.9.9.9"), (b"x-forwarded-for", b"10.0.0.5")]
    scope = {"method": "GET", "path": "/", "query_string": b"", "headers": headers}
    head = Head({**scope, "client": ("10.0.0.1", 1)}, NET)
    assert "9.9.9.9" == head.peer
    assert ("x-forwarded-for", "9.9.9.9, 10.0.0.5, 10.0.0.1") in head.forwarded.metadata


def test_boot_refuses_a_proxy_that_is_no_address(tmp_path):
    file = tmp_path / "bff.toml"
    file.write_text('[server]\ntrusted_proxies = ["proxy.test"]')
    with pytest.raises(ContractMistakes) as caught:
        load(file, environment={})
    assert any("proxy.test" in one for one in caught.value.whats)


@pytest.mark.parametrize(
    "bad",
    [
        "x",
        GOOD + "-00",
        GOOD.upper(),
        "ff" + GOOD[2:],
        GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32),
        GOOD.replace("00f067aa0ba902b7", "0" * 16),
        GOOD + "\n",
    ],
)
def test_row_111_a_bad_trace_is_replaced_by_a_new_one(bad):
    new = traceparent_of(bad)
    assert new != bad
    assert new == traceparent_of(new)


@pytest.mark.parametrize(
    ("state", "kept"),
    [
        ("rojo=00f067aa0ba902b7,congo@x=t61rcWkgMzE", True),
        ("a=1 , b=2", True),
        ("a", False),
        ("A=1", False),
        ("a=1\x1b[31m", False),
        ("a=" + "x" * 600, False),
        (",".join(f"k{number}=1" for number in range(33)), False),
    ],
)
def test_row_111_a_trace_state_is_kept_while_it_is_one(state, kept):
    assert (state if kept else "") == tracestate_of(state, traceparent=GOOD, sent=GOOD)
    assert "" == tracestate_of(state, traceparent=GOOD, sent="another")


def test_row_111_no_two_requests_have_one_id_and_nobody_can_foretell_it():
    """However many are made at a time: they come from the system's own source of chance."""
    ids = list(islice(request_ids(), 1_000))
    assert 2_000 == len({*ids, *islice(request_ids(), 1_000)})
    assert {16} == {len(bytes.fromhex(one)) * 2 for one in ids}

"""Headers to metadata and back: two lists decide, and what the BFF says itself wins."""

import pytest

from bff.terms.events import RequestFinished

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/v1/books/7"
BFF_SETS = {"x-request-id", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}
GRPC_SETS = {"user-agent", "grpc-accept-encoding", "accept-encoding"}


def sent_by_us(asked) -> dict[str, object]:
    return {name: value for name, value in asked.metadata if name not in GRPC_SETS}


async def test_hm1_row_106_a_client_sets_no_metadata_that_is_not_listed(books, served):
    """HM6: nor what is hop-by-hop, gRPC's or HTTP's own."""
    headers = {
        "grpc-metadata-x-user-id": "root",
        "x-user-id": "root",
        "x_user_id": "root",
        "x-envoy-original-path": "/admin",
        "grpc-previous-rpc-attempts": "9",
        "x-trace-bin": "AAAA",
        "te": "trailers",
        "connection": "keep-alive, x-user-id",
        "upgrade": "h2c",
        "cookie": "s=1",
        "content-type": "application/json",
    }
    await (await served()).get(PATH, headers=headers)

    assert BFF_SETS == set(sent_by_us(books.asked[0]))


async def test_the_list_replaces_the_default_one(books, served):
    headers = {"accept-language": "de"}
    await (await served()).get(PATH, headers=headers)
    await (await served(**{"metadata.forward": "x-tenant"})).get(PATH, headers=headers)

    assert [["de"], []] == [one.values("accept-language") for one in books.asked]


async def test_a_listed_header_is_forwarded_as_often_as_it_was_sent(books, served):
    client = await served(**{"metadata.forward": "X-Tenant,x-app-*"})
    await client.get(PATH, headers=[("x-tenant", "a"), ("x-tenant", "b"), ("X-App-Color", "red")])

    assert ["a", "b"] == books.asked[0].values("x-tenant")
    assert ["red"] == books.asked[0].values("x-app-color")


@pytest.mark.parametrize("text", ["AQID/w==", "AQID/w"])
async def test_hm3_a_binary_header_is_decoded_padded_or_not(books, served, text):
    client = await served(**{"metadata.forward": "x-trace-bin"})
    await client.get(PATH, headers={"x-trace-bin": text})
    assert [b"\x01\x02\x03\xff"] == books.asked[0].values("x-trace-bin")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-trace-bin", b"!!!"),
        ("x-tenant", "käse".encode()),
        ("x-tenant", b"a" * 4_097),
        ("x-tenant", b"a\x01b"),
        ("authorization", b"a" * 8_193),
    ],
)
async def test_row_107_a_listed_header_that_cannot_be_metadata_is_a_400_and_no_call(
    books, served, name, value
):
    """HM3, HM4: never a 500, and never grpcio's own ExecuteBatchError."""
    client = await served(**{"metadata.forward": "x-trace-bin,x-tenant,authorization"})
    answer = await client.get(PATH, headers=[(name.encode(), value)])

    slug = answer.json()["type"].rpartition("/")[2]
    assert slug == ("unauthenticated" if name == "authorization" else "malformed-request")
    assert answer.status_code == (401 if name == "authorization" else 400)
    assert [] == books.asked


@pytest.mark.parametrize(
    "header", [("x-tenant", "käse".encode()), ("x-app-a!b", b"1"), ("x-app-" + "a" * 300, b"1")]
)
async def test_hm4_what_is_not_listed_or_no_name_is_dropped_and_the_request_served(
    books, served, header
):
    client = await served(**{"metadata.forward": "x-app-*"})
    answer = await client.get(PATH, headers=[(header[0].encode(), header[1])])

    assert 200 == answer.status_code
    assert BFF_SETS == set(sent_by_us(books.asked[0]))


async def test_hm5_the_peer_is_appended_to_nothing_that_a_stranger_says(books, served):
    """Rows 109 and 110: neither the services nor our own records believe an unlisted peer."""
    headers = {
        "x-forwarded-for": "9.9.9.9",
        "forwarded": "for=9.9.9.9",
        "x-real-ip": "9.9.9.9",
        "x-forwarded-host": "evil.test",
        "x-forwarded-proto": "https",
    }
    await (await served(peer="203.0.113.7")).get(PATH, headers=headers)

    assert [["203.0.113.7"], ["bff.test"], ["http"]] == [
        books.asked[0].values(f"x-forwarded-{part}") for part in ("for", "host", "proto")
    ]


async def test_hm5_a_listed_proxy_is_believed_up_to_the_first_stranger(books, served, told):
    client = await served(peer="10.0.0.2", **{"server.trusted_proxies": "10.0.0.0/8"})
    headers = {
        "x-forwarded-for": "6.6.6.6, 203.0.113.7, 10.0.0.1",
        "x-forwarded-host": "shop.test",
        "x-forwarded-proto": "https",
    }
    await client.get(PATH, headers=headers)

    assert [["6.6.6.6, 203.0.113.7, 10.0.0.1, 10.0.0.2"], ["shop.test"], ["https"]] == [
        books.asked[0].values(f"x-forwarded-{part}") for part in ("for", "host", "proto")
    ]
    assert ["203.0.113.7"] == [one.peer for one in told if isinstance(one, RequestFinished)]


async def test_hm5_the_request_id_and_a_good_trace_are_handed_on(books, served):
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    headers = {"x-request-id": "r-1", "traceparent": trace, "tracestate": "a=1,b@c=2"}
    await (await served()).get(PATH, headers=headers)

    assert [["r-1"], [trace], ["a=1,b@c=2"]] == [
        books.asked[0].values(name) for name in ("x-request-id", "traceparent", "tracestate")
    ]


async def test_row_111_a_bad_trace_is_replaced_and_what_hangs_on_it_dropped(books, served):
    client = await served(**{"metadata.forward": "baggage"})
    good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    bad = "00-00000000000000000000000000000000-00f067aa0ba902b7-01"
    for trace, state in ((bad, "a=1"), (good, "a=" + "x" * 10_000)):
        headers = {"traceparent": trace, "tracestate": state, "baggage": "k=" + "v" * 10_000}
        assert 200 == (await client.get(PATH, headers=headers)).status_code

    traces = [one.values("traceparent") for one in books.asked]
    assert ([55], [good]) == ([len(one) for one in traces[0]], traces[1])
    assert bad not in traces[0]
    assert [[], []] == [one.values("tracestate") for one in books.asked]
    assert [[], []] == [one.values("baggage") for one in books.asked]


def telling(books, *, initial=(), trailing=()):
    async def say(request, context):
        await context.send_initial_metadata(initial)
        context.set_trailing_metadata(trailing)
        return books.new("Book")

    books.says["GetBook"] = say


async def test_hm7_listed_metadata_come_without_a_prefix_and_several_stay_several(books, served):
    """HM8: trailing ones as well. `-bin` is base64 again (HM3)."""
    telling(
        books,
        initial=(("set-cookie", "a=1"), ("set-cookie", "b=2"), ("x-secret", "s")),
        trailing=(("x-ratelimit-left", "9"), ("x-sum-bin", b"\x01\x02\x03\xff")),
    )
    listed = "set-cookie,x-ratelimit-*,x-sum-bin,x-not-there"
    answer = await (await served(**{"metadata.answer": listed})).get(PATH)

    assert ["a=1", "b=2"] == answer.headers.get_list("set-cookie")
    assert ("9", "AQID/w") == (answer.headers["x-ratelimit-left"], answer.headers["x-sum-bin"])
    assert "x-secret" not in answer.headers


async def test_hm7_nothing_is_answered_by_default_and_no_cookie_by_a_star(books, served):
    telling(books, initial=(("set-cookie", "a=1"), ("x-a", "1")))
    plain = await (await served()).get(PATH)
    starred = await (await served(**{"metadata.answer": "set-*,x-*"})).get(PATH)

    assert {"x-request-id", "x-content-type-options"} == {
        name for name in plain.headers if name.startswith("x-")
    }
    assert ("1", False) == (starred.headers["x-a"], "set-cookie" in starred.headers)


async def test_hm7_a_refusal_carries_listed_metadata_too(books, served):
    import grpc

    trailing = (("x-ratelimit-left", "0"), ("x-secret", "s"))
    books.refuses("GetBook", grpc.StatusCode.RESOURCE_EXHAUSTED, "slow down", trailing=trailing)
    answer = await (await served(**{"metadata.answer": "x-ratelimit-*"})).get(PATH)

    assert (429, "0") == (answer.status_code, answer.headers["x-ratelimit-left"])
    assert "x-secret" not in answer.headers

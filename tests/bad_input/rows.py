"""Rows 1-25 of bad-input.md as bytes: what must never reach a service, whatever stands in front."""

from tests.bad_input.raw import GOOD, get, post

CHUNKED = "Transfer-Encoding: chunked"
CHUNKS = b"2\r\n{}\r\n0\r\n\r\n"
PATH = "/public/v1/links"
_HEAD = b"GET /public/v1/links HTTP/1.1\r\n"

MALFORMED: dict[str, bytes] = {
    "row_1_no_host": _HEAD + b"\r\n",
    "row_2_two_hosts": get(PATH, "Host: evil"),
    **{
        f"row_3_host_{number}": _HEAD + b"Host: " + host + b"\r\n\r\n"
        for number, host in enumerate((b"a/b", b"a@b", b"a?b", b'a"b', b"a<b", b"", b"a b", b"a:b"))
    },
    "row_4_http_0_9": b"GET /public/v1/links\r\n",
    "row_4_http_0_9_and_more": b"GET /public/v1/links\r\n\r\n",
    "row_4_http_1_2": get(PATH, version="HTTP/1.2"),
    **{
        f"row_4_line_{number}": line + b"\r\nHost: bff\r\nConnection: close\r\n\r\n"
        for number, line in enumerate(
            (
                b"GET  /public/v1/links HTTP/1.1",
                b"GET /public/v1/links  HTTP/1.1",
                b"GET /public/v1/links   HTTP/1.1",
                b"GET  http://bff/public/v1/links HTTP/1.1",
                b"GET /public/v1/links HTTP/1.1 ",
                b" GET /public/v1/links HTTP/1.1",
                *(
                    b"GET" + before + b"/public/v1/links" + behind + b"HTTP/1.1"
                    for doubtful in (b"\t", b"\v", b"\f", b"\r", b"\n", b"\0", b"\xa0")
                    for before, behind in (
                        (doubtful, b" "),
                        (b" " + doubtful, b" "),
                        (b" ", doubtful),
                        (b" ", b" " + doubtful),
                    )
                ),
                b"\nGET /public/v1/links HTTP/1.1",
                b"\rGET /public/v1/links HTTP/1.1",
                b"\r\n\nGET /public/v1/links HTTP/1.1",
            )
        )
    },
    "row_5_no_host_in_the_target": get("http:///public/v1/links"),
    "row_5_a_user_in_the_target": get("http://a@b/public/v1/links"),
    "row_7_lower_case": GOOD.replace(b"GET", b"get"),
    "row_7_no_token": GOOD.replace(b"GET", b"G@T"),
    "row_8_both_lengths": post("Content-Length: 2", CHUNKED, body=CHUNKS),
    "row_8_both_lengths_reversed": post(CHUNKED, "Content-Length: 2", body=CHUNKS),
    "row_9_equal_lengths": post("Content-Length: 2", "Content-Length: 2", body=b"{}"),
    "row_9_different_lengths": post("Content-Length: 2", "Content-Length: 3", body=b"{}"),
    "row_9_a_list": post("Content-Length: 2, 2", body=b"{}"),
    **{
        f"row_10_length_{number}": post(f"Content-Length: {length}", body=b"{}")
        for number, length in enumerate(("+2", "-1", "2_0", "0x2", "1" * 23, ""))
    },
    **{
        f"row_11_coding_{number}": post(f"Transfer-Encoding: {coding}", body=CHUNKS)
        for number, coding in enumerate(
            (
                "identity",
                "chunked, gzip",
                "gzip, chunked",
                "xchunked",
                "chunked\r\nTransfer-Encoding: chunked",
                "\x0bchunked",
                "chunked, chunked",
            )
        )
    },
    "row_12_chunked_in_1_0": post(CHUNKED, body=CHUNKS).replace(b"HTTP/1.1", b"HTTP/1.0"),
    **{
        f"row_13_chunk_{number}": post(CHUNKED, body=body)
        for number, body in enumerate(
            (
                b"0x2\r\n{}\r\n0\r\n\r\n",
                b"-1\r\n{}\r\n",
                b"f" * 18 + b"\r\n{}\r\n",
                b"2\r\n{}XX0\r\n\r\n",
                b"2\n{}\r\n0\r\n\r\n",
            )
        )
    },
    "row_16_bare_lf": GOOD.replace(b"\r\n", b"\n"),
    "row_16_one_bare_lf": get(PATH, "X-A: 1\nX-B: 2"),
    "row_16_obs_fold": get(PATH, "X-A: 1\r\n 2"),
    "row_16_bare_cr": get(PATH, "X-A: 1\r2"),
    "row_16_nul": get(PATH, "X-A: 1\x002"),
    "row_16_space_before_colon": get(PATH, "X-A : 1"),
    "row_21_preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "row_21_tls": bytes.fromhex("16030100a5010000a10303") + bytes(40),
    "row_25_a_get_with_a_body": get(PATH, "Content-Length: 2") + b"{}",
    "row_25_a_get_with_chunks": get(PATH, CHUNKED) + CHUNKS,
    "row_34_raw_utf_8": get("/public/v1/links/é".encode()),
    "row_35_a_fragment": get("/public/v1/links#frag"),
}

OTHERWISE: dict[str, tuple[bytes, int, str]] = {
    "row_4_http_9_9": (get(PATH, version="HTTP/9.9"), 505, "http-version-not-supported"),
    "row_4_http_2_0": (get(PATH, version="HTTP/2.0"), 505, "http-version-not-supported"),
    "row_6_connect": (b"CONNECT bff:80 HTTP/1.1\r\nHost: bff\r\n\r\n", 405, "method-not-allowed"),
    "row_6_trace": (GOOD.replace(b"GET", b"TRACE"), 405, "method-not-allowed"),
    "row_6_track": (GOOD.replace(b"GET", b"TRACK"), 405, "method-not-allowed"),
    "row_7_unknown": (GOOD.replace(b"GET", b"FOO"), 405, "method-not-allowed"),
    "row_14_extension": (
        post(CHUNKED, body=b"2;" + b"a" * 1_000_000 + b"\r\n{}\r\n0\r\n\r\n"),
        400,
        "headers-too-large",
    ),
    "row_17_large": (get(PATH, "X-A: " + "a" * 33_000), 431, "headers-too-large"),
    "row_17_many": (get(PATH, *["X-A: 1"] * 101), 431, "headers-too-large"),
    "row_17_endless": (
        b"GET /public/v1/links HTTP/1.1\r\nX-A: " + b"a" * 64_000_000,
        431,
        "headers-too-large",
    ),
    "row_17_endlessly_many": (
        b"GET /public/v1/links HTTP/1.1\r\n" + b"X-A: 1\r\n" * 1_000_000,
        431,
        "headers-too-large",
    ),
    "row_18_long": (get("/" + "a" * 8_192), 414, "uri-too-long"),
    "row_18_endless": (b"GET /" + b"a" * 1_000_000, 414, "uri-too-long"),
    "row_22_expectation": (
        post("Expect: bogus", "Content-Length: 2", body=b"{}"),
        417,
        "expectation-failed",
    ),
}

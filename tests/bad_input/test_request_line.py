"""Row 4: one space stands between the parts of a request line; no reader takes two for one."""

import pytest

from tests.bad_input.raw import GOOD
from tests.fuzz.aim_requests import check, talked


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
        b"PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\n\r\na\r\n\r\nbc",
        (
            b"PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"5;x=y\r\na\r\n\r\n\r\n0\r\nX-Trailer: 1\r\n\r\n"
        ),
    ],
)
def test_row_4_a_request_line_is_judged_wherever_it_begins_and_however_it_is_cut(before):
    good, doubtful = GOOD, GOOD.replace(b" ", b"  ", 1)
    answered = ["200"] * before.count(b" /a ")
    for size in range(50):
        for sent, status in ((good, "200"), (doubtful, "400")):
            told = check(bytes([size]) + before + sent).split()
            assert [*answered, status] == [one for one in told if one.isdigit()]


@pytest.mark.parametrize("lines", [4_090, 4_094, 4_096])
def test_row_4_empty_lines_before_it_hide_no_second_space(lines):
    """As many of them as the line may have bytes: what is judged is the line all the same."""
    app, wire = talked([b"\r\n" * lines + b"GET  ", b"/a HTTP/1.1\r\nHost: h\r\n\r\n"])
    assert (b"HTTP/1.1 400 ", []) == (bytes(wire.text)[:13], app.whole)


WISHING = (
    b"PUT /a HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n"
    b"Content-Length: 4\r\n\r\n\r\na\n" + GOOD
)


@pytest.mark.parametrize("size", range(1, len(WISHING)))
def test_a_body_behind_a_wish_for_another_protocol_is_whole_wherever_it_is_torn(size):
    assert "200" == check(bytes([size]) + WISHING).split()[0]

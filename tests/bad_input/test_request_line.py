"""Row 4: one space stands between the parts of a request line; no reader takes two for one."""

import pytest

from tests.bad_input.raw import GOOD
from tests.fuzz.aim_requests import check


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

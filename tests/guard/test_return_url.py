"""Row 104: where a browser may be sent after it signed in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.guard.login.return_url import MAX_CHARS, checked_return_url
from bff.terms.errors import BadInput


@pytest.mark.parametrize(
    "url",
    ["/", "/a", "/a/b?c=d&e=/f", "/web/v1/dashboard?tab=2", "/a%20b", "/a?u=https://x", "/~a@b"],
)
def test_row_104_a_path_of_this_site_stays_as_it_is(url: str) -> None:
    assert url == checked_return_url(url)


def test_row_104_no_url_is_the_home_page() -> None:
    assert "/" == checked_return_url("")


@pytest.mark.parametrize(
    "url",
    [
        "//evil",
        "/\\evil",
        "\\/evil",
        "https:evil",
        "https://evil",
        "%2f%2fevil",
        "/%2fevil",
        "/a//b",
        "/a/%2F/b",
        "/%5cevil",
        "javascript:alert(1)",
        "/a\r\nb",
        "/a%0d%0ab",
        "/a?b%0ac",
        "/a\tb",
        "/a\x00",
        "/..",
        "/a/../b",
        "/a/%2e%2e/b",
        "/./b",
        " /a",
        "/a#b",
        "/\u2028",
        "/é",
        "/" + "a" * MAX_CHARS,
    ],
)
def test_row_104_anything_else_is_refused(url: str) -> None:
    with pytest.raises(BadInput) as refused:
        checked_return_url(url)
    assert "invalid-return-url" == refused.value.reason


@given(st.text())
def test_row_104_what_passes_begins_with_one_slash(url: str) -> None:
    try:
        passed = checked_return_url(url)
    except BadInput:
        return
    assert passed.startswith("/")
    assert passed[1:2] not in ("/", "\\")
    assert passed.isascii()
    assert passed.isprintable()

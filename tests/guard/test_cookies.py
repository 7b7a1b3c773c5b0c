"""What we read of a Cookie header, and how ours are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.guard.sessions.cookies import (
    MAX_COOKIES,
    clear_login,
    clear_session,
    digest_of,
    login_cookie,
    login_names,
    new_id,
    session_id,
    set_login,
    set_session,
)
from bff.terms.errors import Failure

ID = "i" * 43


@pytest.mark.parametrize(
    ("expected", "cookies"),
    [
        (None, ()),
        (None, ("a=b",)),
        (None, ("a=__Host-s",)),
        (ID, (f"__Host-s={ID}",)),
        (ID, (f"a=b;__Host-s={ID};c=d=e",)),
        (ID, ("a=b", f" __Host-s={ID} ")),
    ],
)
def test_one_session_cookie_is_found_among_others(
    expected: str | None, cookies: tuple[str, ...]
) -> None:
    assert expected == session_id(cookies)


def test_as_many_cookies_as_browsers_send_are_fine() -> None:
    others = [f"c{number}=x" for number in range(MAX_COOKIES - 1)]
    assert ID == session_id(("; ".join([*others, f"__Host-s={ID}"]),))


@given(st.text(st.characters(max_codepoint=255)))
def test_row_96_whatever_is_sent_is_an_id_nothing_or_a_refusal(text: str) -> None:
    try:
        found = session_id((text, "; __Host-s=" + text))
    except Failure:
        return
    assert found is None or 43 == len(found)


def test_ours_are_out_of_reach_of_scripts_subdomains_and_plain_http() -> None:
    for _, value in (set_session(ID), clear_session(), set_login("s" * 43, "x", max_age_s=600)):
        name, *marks = value.decode().split("; ")
        assert name.startswith("__Host-")
        assert {"Path=/", "Secure", "HttpOnly"} < set(marks)
        assert not [one for one in marks if one.startswith("Domain")]


def test_the_session_is_strict_and_a_sign_in_lax() -> None:
    assert b"SameSite=Strict" in set_session(ID)[1]
    assert b"SameSite=Lax; Max-Age=600" in set_login("state", "x", max_age_s=600)[1]
    assert b"Max-Age=0" in clear_login("__Host-l-state")[1]


def test_each_sign_in_has_a_cookie_of_its_own() -> None:
    cookies = ("__Host-l-aaaaaaaa=1; __Host-l-bbbbbbbb=2; __Host-s=3",)
    assert ("1", "2", "") == tuple(login_cookie(cookies, one * 43) for one in "abc")
    assert ("__Host-l-aaaaaaaa", "__Host-l-bbbbbbbb") == login_names(cookies)


def test_a_sign_in_cookie_that_came_twice_is_nobodys() -> None:
    assert "" == login_cookie(("__Host-l-aaaaaaaa=1; __Host-l-aaaaaaaa=2",), "a" * 43)


def test_ids_are_256_bits_and_stores_know_only_their_hash() -> None:
    assert 43 == len(new_id())
    assert 1_000 == len({new_id() for _ in range(1_000)})
    assert ID not in digest_of(ID)

"""What the variables of a matched path hold, and which paths are refused (PM7-PM14; rows 26-37)."""

import pytest

from bff.contract.routes.percent import MAX_VALUE_BYTES
from tests.contract.routes import refusal, router_of, target, values


@pytest.mark.parametrize(
    "raw, expected",
    [
        ("a%2Fb", "a/b"),  # PM7, row 30
        ("p%20q%2Fr+", "p q/r+"),  # PM7, PM11
        ("%2525", "%25"),  # PM10
        ("%252f", "%2f"),  # PM10, row 29
        ("a+b", "a+b"),  # PM11
        ("%C3%A9%e2%82%ac", "é€"),
        ("%F0%9F%98%80", "😀"),
        (";a=b", ";a=b"),  # PM14, row 35
        ("x;a=b,c", "x;a=b,c"),
        (".", "."),  # PM14, row 27
        ("..", ".."),
        ("%2e%2e%2fadmin", "../admin"),  # row 26: data, of the same route
        ("~-_.!$&'(),=:@", "~-_.!$&'(),=:@"),
        ("a*", "a*"),
        ("{", "{"),
    ],
)
def test_pm7_one_segment_is_decoded_once_and_whole(raw: str, expected: str) -> None:
    assert (expected,) == values("/x/{a}", f"/x/{raw}")


@pytest.mark.parametrize(
    "raw, kept, full",
    [
        ("a/b%2Fc%2fd", "a/b%2Fc%2fd", "a/b/c/d"),  # PM8, PM9
        ("a%20b/%C3%A9", "a b/é", "a b/é"),
        ("%21%24%3A%40", "!$:@", "!$:@"),  # newer S: reserved characters are decoded, too
        ("%252F/a+b", "%2F/a+b", "%2F/a+b"),  # PM10, PM11
    ],
)
def test_pm8_many_segments_keep_escaped_slashes(raw: str, kept: str, full: str) -> None:
    """PM8; PM9 with fully_decode_reserved_expansion."""
    assert (kept,) == values("/x/{a=**}", f"/x/{raw}")
    assert (full,) == values("/x/{a=**}", f"/x/{raw}", fully_decode=True)


@pytest.mark.parametrize("raw", ["%zz", "%2", "%", "a%", "%%", "%0g", "%u0041", "% 41"])
def test_pm12_a_malformed_escape_is_a_bad_request(raw: str) -> None:
    """PM12, row 33."""
    assert "malformed-request" == refusal("/x/{a}", f"/x/{raw}").reason


@pytest.mark.parametrize("raw", ["%ff", "%c0%af", "%ed%a0%80", "%C3", "%80", "%f4%90%80%80"])
def test_pm12_bytes_that_are_no_utf8_are_a_bad_request(raw: str) -> None:
    """PM12, row 32: overlong forms and surrogates too."""
    assert "malformed-request" == refusal("/x/{a=**}", f"/x/y/{raw}").reason


@pytest.mark.parametrize("raw", ["é", "Ã©", "\xff", "a#frag"])
def test_row_34_raw_bytes_that_no_url_holds_are_a_bad_request(raw: str) -> None:
    """Rows 34 and 35."""
    assert "malformed-request" == refusal("/x/{a}", f"/x/{raw}").reason


def test_pm12_a_malformed_path_is_refused_whether_or_not_a_route_has_it() -> None:
    assert "malformed-request" == refusal("/x", "/nowhere/%zz").reason


@pytest.mark.parametrize("raw", ["%00", "a%0d%0ab", "%0A", "%1f", "%7F", "a\tb", "\x7f", "%09"])
@pytest.mark.parametrize("template", ["/x/{todo.id}", "/x/{todo.id=**}"])
def test_row_31_a_control_character_is_refused_by_name(template: str, raw: str) -> None:
    refused = refusal(template, f"/x/{raw}")

    assert "invalid-field" == refused.reason
    assert ["todo.id"] == [violation.path for violation in refused.violations]


@pytest.mark.parametrize("raw", ["a" * (MAX_VALUE_BYTES + 1), "a" * 10_240, "%C3%A9" * 1_025])
def test_row_37_a_long_value_is_refused_by_name(raw: str) -> None:
    refused = refusal("/x/{a}", f"/x/{raw}")

    assert ("invalid-field", "a") == (refused.reason, refused.violations[0].path)


@pytest.mark.parametrize("raw", ["a" * MAX_VALUE_BYTES, "%C3%A9" * 1_024])
def test_row_37_the_longest_value_passes(raw: str) -> None:
    (value,) = values("/x/{a}", f"/x/{raw}")

    assert MAX_VALUE_BYTES == len(value.encode())


def test_row_37_a_long_path_of_short_values_passes() -> None:
    one, two = "a" * 1_500, "b" * 1_500

    assert (one, two) == values("/{a}/{b}", f"/{one}/{two}")


@pytest.mark.parametrize(
    "raw", ["{id}", "%7Bid%7D", "{name=shelves/*}".replace("/", "%2F"), "*", "**"]
)
def test_row_37_a_placeholder_is_no_value(raw: str) -> None:
    assert "invalid-field" == refusal("/x/{a}", f"/x/{raw}").reason


@pytest.mark.parametrize("path", ["/A/b", "/%61/b", "/a/%62", "/a/b%20", "/a%2Fb"])
def test_pm13_literals_are_compared_raw(path: str) -> None:
    assert None is router_of("GET /a/b").match("GET", path)


def test_pm13_an_escaped_literal_matches_as_it_is_written() -> None:
    router = router_of("GET /a%20b/c")

    assert "GET /a%20b/c" == target(router, "GET /a%20b/c")


@pytest.mark.parametrize(
    "path", ["/x/../admin", "/./admin", "/x/..%2fadmin", "/items/%2e%2e%2fadmin"]
)
def test_row_26_no_spelling_reaches_another_route(path: str) -> None:
    """Row 26 and 27."""
    assert "GET /admin" != target(router_of("GET /admin", "GET /items/{id}"), f"GET {path}")

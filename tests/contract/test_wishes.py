"""What a client wishes for: weights, media types, languages, time."""

import pytest

from bff.contract.media.accept import best
from bff.contract.media.quality import MOST_ELEMENTS, weights
from bff.contract.reply.language import translated
from bff.contract.timeout import allowed_s
from bff.terms.errors import BadInput
from bff.terms.headers import Headers

JSON, BINARY = "application/json", "application/x-protobuf"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        (" , ,", ()),
        ("A/B", (("a/b", 1.0),)),
        ("a;q=0.123, b;q=1.000, c ; Q=0", (("a", 0.123), ("b", 1.0), ("c", 0.0))),
        ("a;x=1;q=0.5;y", (("a", 0.5),)),
        ("a;q=2, b;q=-1, c;q=nan, d;q=0.1234, e;q=, f", (("f", 1.0),)),
    ],
)
def test_an_element_that_cannot_be_read_is_no_wish(text, expected):
    assert expected == weights(text)


def test_a_list_of_wishes_is_read_only_so_far():
    assert MOST_ELEMENTS == len(weights("a," * 10_000))


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        (";q=5,,", JSON),
        ("*/*;q=0.1", JSON),
        ("application/*;q=0, */*", None),
        (f"*/*;q=0.1, {BINARY};q=0.2", BINARY),
        (f"{JSON};q=0, */*", BINARY),
        ("application/json;q=0.3, application/json;q=0.9", JSON),
        ("text/html", None),
    ],
)
def test_ht6_the_most_specific_range_has_the_say(accept, expected):
    assert expected == best(accept, (JSON, BINARY))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("de", "Nein"), ("DE-AT", "Nein"), ("fr, en-GB;q=0.1", "No"), ("de;q=0, fr", ""), ("d", "")],
)
def test_a_translation_is_looked_up_from_the_long_tag_to_the_short(wanted, expected):
    assert expected == translated({"en": "No", "de": "Nein"}, wanted)


@pytest.mark.parametrize(
    ("hint", "expected"),
    [("1H", 2.0), ("1M", 2.0), ("1S", 1.0), ("20m", 0.02), ("5u", 5e-6), ("7n", 7e-9)],
)
def test_hm9_every_unit_of_grpc_timeout(hint, expected):
    headers = Headers.of([("grpc-timeout", hint)])
    assert expected == pytest.approx(allowed_s(headers, most_s=2.0))


def test_hm10_the_least_of_all_hints_counts_and_a_bad_one_is_never_no_hint():
    hints = {"grpc-timeout": "3S", "x-request-timeout": "1.5", "x-server-timeout": "2"}
    assert 1.5 == allowed_s(Headers.of(hints.items()), most_s=10.0)
    with pytest.raises(BadInput):
        allowed_s(Headers.of({**hints, "x-server-timeout": "soon"}.items()), most_s=10.0)

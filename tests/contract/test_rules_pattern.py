"""Patterns for RE2 in Python's engine: the same answer, in bounded time, or none."""

import pytest

from bff.contract.rules.pattern import matcher

HOSTILE = "a" * 200_000 + "!"


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("^[a-z0-9]+(?:-[a-z0-9]+)*$", "a-b-c1", True),
        ("^[a-z0-9]+(?:-[a-z0-9]+)*$", "a--b", False),
        (r"^(?:[a-z]+\.)+$", "ab.cd.", True),
        (r"^\d{1,3}(\.\d{1,3}){3}$", "10.0.0.1", True),
        (r"^\d{1,3}(\.\d{1,3}){3}$", "10.0.0", False),
        (r"\Aa\z", "a\n", False),
        ("(?i)^ab$", "AB", True),
        ("^(GET|POST)$", "POST", True),
        ("[$]", "$", True),
        (r"^a\$$", "a$", True),
        (r"^\w$", "é", False),
    ],
)
def test_a_pattern_means_what_it_means_to_re2(pattern, text, matches):
    assert matches == matcher(pattern)(text)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*$",
        "(a*)*",
        "([a-z-]+-)*",
        "(-[a-z]+[a-z]+)*",
        "(-[a-z]+a?)*",
        "((-a+)*)*",
        "(a+){2,9}",
        "(.-a+)+",
        "[[:alpha:]]",
        r"\pL",
        r"\Qa\E",
        "(?=a)",
        "(?m)^a$",
        "a{,2}",
        "(a",
        "a)",
        "*",
        "[a",
    ],
)
def test_a_pattern_that_could_hold_a_worker_or_mean_another_thing_is_not_run(pattern):
    with pytest.raises(ValueError, match=r"."):
        matcher(pattern)


@pytest.mark.parametrize("pattern", ["^a+$", "a+$", "a*a*$", "^[a-z]+(-[a-z]+)*$"])
@pytest.mark.timeout(5)
def test_a_hostile_text_is_answered_in_bounded_time(pattern):
    """Where it is too long for the loops of the pattern, the service judges it."""
    assert matcher(pattern)(HOSTILE) in (True, False)

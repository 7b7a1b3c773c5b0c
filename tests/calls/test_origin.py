"""An answer is as fresh as its oldest part, as private as its most private one."""

import pytest

from bff.calls.keep import Keep
from bff.calls.origin import How, Origin, Origins

WHOLE = Keep(fresh_s=60, stale_while_revalidate_s=120, public=True)


def origins(*told: Origin) -> Origins:
    made = Origins()
    for one in told:
        made.note(one)
    return made


def part(how: How = "miss", keep: Keep | None = None, age_s: float = 0.0, *tags: str) -> Origin:
    return Origin(how, keep, age_s, frozenset(tags))


def test_a_whole_whose_parts_say_nothing_is_kept_as_it_says():
    assert WHOLE == origins(part(), part()).keep(WHOLE)


def test_the_shortest_of_what_is_left_wins():
    parts = [
        part("hit", Keep(fresh_s=50, public=True), 20.0),
        part("miss", Keep(fresh_s=40, public=True)),
    ]
    assert Keep(fresh_s=30, stale_while_revalidate_s=120, public=True) == origins(*parts).keep(
        WHOLE
    )


def test_private_wins_over_public():
    found = origins(part("miss", Keep(fresh_s=90))).keep(WHOLE)
    assert Keep(fresh_s=60, stale_while_revalidate_s=120, public=False) == found


def test_a_part_that_only_covers_for_errors_says_nothing_of_freshness():
    assert WHOLE == origins(part("miss", Keep(stale_if_error_s=300))).keep(WHOLE)


def test_what_a_stale_part_is_in_is_not_kept():
    assert None is origins(part("stale", Keep(fresh_s=9), 10.0)).keep(WHOLE)


def test_what_a_fallback_stands_in_for_is_not_kept():
    found = origins(part())
    found.spoil()
    assert None is found.keep(WHOLE)


def test_a_whole_that_says_nothing_is_kept_where_each_of_its_parts_is_and_for_its_caller_only():
    kept, fleeting = part("hit", Keep(fresh_s=50, public=True), 20.0), part()
    assert [Keep(fresh_s=30), None] == [
        origins(kept).keep(None),
        origins(kept, fleeting).keep(None),
    ]


def test_a_whole_without_parts_is_kept_by_what_it_says_alone():
    assert [WHOLE, None] == [origins().keep(WHOLE), origins().keep(None)]


def test_its_tags_are_those_of_all_parts():
    assert {"a", "b"} == origins(part("hit", None, 0.0, "a"), part("miss", None, 0.0, "b")).tags


@pytest.mark.parametrize(
    "hows, worst",
    [
        (["hit", "hit"], "hit"),
        (["hit", "stale"], "stale"),
        (["stale", "miss"], "miss"),
        (["hit", "coalesced"], "miss"),
    ],
)
def test_the_worst_that_happened_is_told(hows: list[How], worst: How):
    assert worst == origins(*map(part, hows)).how

"""A version's name between a field, a tag and its forms: nothing is lost, nothing collides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.contract.reply.entity_tag import is_listed, tag_of, text_of, variant_of

VARIANTS = ("", "gzip", "pb")
NAMED = st.tuples(st.text(), st.sampled_from(VARIANTS))


@given(st.text(), st.sampled_from(VARIANTS))
def test_ht8_any_text_becomes_a_legal_tag_and_is_found_in_it_again(text, variant):
    tag = tag_of(text, variant)
    assert text == text_of(tag)
    assert all(sign == "!" or "#" <= sign <= "~" for sign in tag[1:-1])


@given(NAMED, NAMED)
def test_ht8_two_versions_or_forms_never_share_a_tag(one, other):
    assert (one == other) == (tag_of(*one) == tag_of(*other))


@pytest.mark.parametrize("tag", ["", '"', "7f", 'W/"7f"', '"7f', '"a""b"', '"a", "b"'])
def test_what_is_no_single_strong_tag_names_no_version(tag):
    with pytest.raises(ValueError, match="not one strong entity tag"):
        text_of(tag)


def test_a_weak_tag_stands_for_every_form():
    assert 'W/"7f"' == variant_of('W/"7f"', "gzip")


@pytest.mark.parametrize(
    ("header", "expected"),
    [('"a"', True), ('W/"a"', True), ('"b" , "a"', True), ("*", True), ('"b"', False), ("", False)],
)
def test_if_none_match_names_a_tag_weakly_in_a_list_or_by_a_star(header, expected):
    assert expected == is_listed('"a"', header)

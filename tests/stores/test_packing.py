"""Entries as bytes, and back; keys as digests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.stores.key_digest import Unnamed, digest_of
from bff.stores.packing import Packed, pack, unpack

TEXTS = st.text(max_size=20).filter(lambda text: text.isprintable())
METADATA = st.lists(st.tuples(TEXTS, st.one_of(TEXTS, st.binary(max_size=20))), max_size=4)
RAW = st.binary()
KEYS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | RAW,
    lambda one: st.one_of(st.tuples(one, one), st.tuples(one), st.frozensets(one, max_size=3)),
    max_leaves=6,
)


@given(body=st.binary(), metadata=METADATA, tags=st.frozensets(TEXTS, max_size=5))
def test_what_was_packed_comes_back(body, metadata, tags):
    assert Packed(body, tuple(metadata), tags) == unpack(pack(body, tuple(metadata), tags))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(nonsense):
    try:
        unpack(nonsense)
    except ValueError:
        return


@pytest.mark.parametrize("cut", range(1, 20))
def test_what_was_cut_off_is_refused(cut: int):
    whole = pack(b"body", (("name", "text"),), ["tag"])
    with pytest.raises(ValueError, match=r"cut off|unpack"):
        unpack(whole[:-cut])


@given(KEYS, KEYS)
def test_different_keys_have_different_digests_and_equal_ones_the_same(one, other):
    """By what they are written as: True is not 1, and -0.0 is not 0.0."""
    same = repr(one) == repr(other)
    assert not same or digest_of(one, space="s") == digest_of(other, space="s")
    assert one == other or digest_of(one, space="s") != digest_of(other, space="s")


def test_the_same_key_of_two_spaces_has_nothing_in_common():
    assert digest_of("key", space="a") != digest_of("key", space="b")


def test_a_set_has_one_digest_in_whatever_order_it_was_made():
    """Python's order of strings differs from process to process."""
    words = [f"scope-{number}" for number in range(50)]
    assert digest_of(frozenset(words), space="") == digest_of(frozenset(words[::-1]), space="")


def test_what_has_no_text_of_its_own_is_refused():
    with pytest.raises(Unnamed):
        digest_of(("key", object()), space="")

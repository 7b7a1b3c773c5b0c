"""What is sealed can be opened by who has the key, for what it was sealed for, unchanged."""

from base64 import b64encode

import pytest

from bff.guard.sessions.key_ring import KeyRing, Unreadable
from bff.terms.mistakes import ContractMistake
from bff.terms.named_keys import named_keys

ONE, TWO = bytes(32), bytes([1] * 32)


def test_a_ring_opens_what_it_sealed_and_no_two_seals_are_equal() -> None:
    ring = KeyRing({"one": ONE})
    first, second = (ring.seal(b"plain", bound_to=b"here") for _ in range(2))
    assert {b"plain"} == {ring.open(one, bound_to=b"here") for one in (first, second)}
    assert first != second
    assert b"plain" not in first


def test_a_change_of_one_bit_anywhere_makes_it_unreadable() -> None:
    ring = KeyRing({"one": ONE})
    sealed = ring.seal(b"plain", bound_to=b"here")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(Unreadable):
            ring.open(changed, bound_to=b"here")


@pytest.mark.parametrize("sealed", [b"", b"one:", b"one", b":", b"one:short", b"two:" + bytes(40)])
def test_what_was_never_sealed_is_unreadable(sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        KeyRing({"one": ONE}).open(sealed, bound_to=b"here")


def test_what_was_sealed_for_another_place_is_unreadable() -> None:
    ring = KeyRing({"one": ONE})
    with pytest.raises(Unreadable):
        ring.open(ring.seal(b"plain", bound_to=b"here"), bound_to=b"there")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    old, both, new = KeyRing({"a": ONE}), KeyRing({"b": TWO, "a": ONE}), KeyRing({"b": TWO})
    before, now = old.seal(b"x", bound_to=b""), both.seal(b"x", bound_to=b"")
    assert b"x" == both.open(before, bound_to=b"") == new.open(now, bound_to=b"")
    with pytest.raises(Unreadable):
        new.open(before, bound_to=b"")


def test_a_ring_without_keys_ends_with_the_process_and_says_so() -> None:
    one, other = KeyRing({}), KeyRing({})
    with pytest.raises(Unreadable):
        other.open(one.seal(b"x", bound_to=b""), bound_to=b"")
    assert (False, True) == (one.outlives_us, KeyRing({"a": ONE}).outlives_us)


def test_a_ring_shows_the_names_of_its_keys_alone() -> None:
    assert "<KeyRing: b, a>" == repr(KeyRing({"b": TWO, "a": ONE}))


def test_keys_are_read_as_the_operator_writes_them() -> None:
    texts = [f"b:{b64encode(TWO).decode()}", f"a:{b64encode(ONE).decode()}"]
    found = named_keys(texts, where="sessions.keys")
    assert [("b", TWO), ("a", ONE)] == list(found.items())


@pytest.mark.parametrize(
    "texts",
    [
        ["c2VjcmV0"],
        ["a:c2VjcmV0"],
        ["a:" + b64encode(bytes(31)).decode()],
        [":" + b64encode(ONE).decode()],
        ["a b:" + b64encode(ONE).decode()],
        ["a:" + b64encode(ONE).decode()] * 2,
    ],
)
def test_a_key_that_is_none_is_a_mistake_that_does_not_quote_it(texts: list[str]) -> None:
    with pytest.raises(ContractMistake) as mistake:
        named_keys(texts, where="sessions.keys")
    assert "c2VjcmV0" not in str(mistake.value)
    assert "AAAA" not in str(mistake.value)

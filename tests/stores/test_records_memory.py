"""The bounds of records in memory, by a clock that the test sets."""

import pytest

from bff.stores.records import StoreUnreachable
from bff.stores.records_memory import MemoryRecords, RecordsLimits


class Kept:
    """Records, and their time."""

    def __init__(self, **limits: int) -> None:
        self.now_s = 100.0
        self.records = MemoryRecords(RecordsLimits(**limits), clock=lambda: self.now_s)

    def put(self, *keys: str, value: bytes = b"value", ttl_s: float = 60.0) -> None:
        for key in keys:
            self.records.put(key, value, ttl_s=ttl_s)

    def there(self, keys: str) -> str:
        return "".join(key for key in keys if self.records.get(key) is not None)


def test_the_least_recently_used_goes_first():
    kept = Kept(max_entries=2)
    kept.put("a", "b")
    kept.records.get("a")
    kept.put("c")
    assert "ac" == kept.there("abc")


def test_bytes_are_bounded_too():
    kept = Kept(max_bytes=3_000)
    kept.put(*"abc", value=b"x" * 1_000)
    assert "bc" == kept.there("abc")


def test_sets_count_as_much_as_values():
    kept = Kept(max_entries=2)
    kept.records.add_member("s", "ada", ttl_s=60.0)
    kept.put("a", "b")
    assert (frozenset(), "ab") == (kept.records.members("s"), kept.there("ab"))


def test_a_record_larger_than_all_may_be_is_refused_and_pushes_nothing_out():
    kept = Kept(max_bytes=2_000)
    kept.put("a")
    with pytest.raises(StoreUnreachable):
        kept.put("b", value=b"x" * 2_000)
    assert "a" == kept.there("ab")


def test_what_is_past_its_time_makes_room_although_nobody_asks_for_it():
    kept = Kept()
    kept.put(*"abcdefgh", ttl_s=1.0)
    kept.now_s += 1.0
    kept.put("x", "y")
    assert 2 == len(kept.records)


def test_a_value_is_gone_at_its_time_and_not_before():
    kept = Kept()
    kept.put("a", ttl_s=1.0)
    kept.now_s += 0.999
    before = kept.there("a")
    kept.now_s += 0.001
    assert ("a", "", False) == (before, kept.there("a"), kept.records.delete("a"))


def test_what_is_emptied_weighs_nothing():
    kept = Kept()
    kept.put("a")
    kept.records.add_member("s", "ada", ttl_s=60.0)
    kept.records.add_member("s", "bob", ttl_s=60.0)
    kept.records.delete("a")
    for member in ("ada", "bob"):
        kept.records.remove_member("s", member)
    assert (0, 0) == (len(kept.records), kept.records.kept_bytes)


def test_its_repr_shows_how_full_it_is_and_nobodys_data():
    kept = Kept(max_entries=5, max_bytes=9_000)
    kept.put("a-token", value=b"a-secret")
    assert "<MemoryRecords: 1 of 5, 415 of 9000 bytes>" == repr(kept.records)

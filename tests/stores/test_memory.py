"""What the store in memory keeps, for how long, and what goes first."""

from bff.stores.memory import MemoryOptions, MemoryStore, size_bytes
from bff.stores.store import Entry


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def an_entry(body: bytes = b"body", *tags: str, gone_at_s: float = 200.0) -> Entry:
    return Entry(body, (), frozenset(tags), 100.0, 150.0, gone_at_s)


def a_store(clock: Clock | None = None, **options: int) -> MemoryStore:
    return MemoryStore(MemoryOptions(**options), clock=clock or Clock())


def test_what_was_kept_is_found_and_what_was_not_is_none():
    store, entry = a_store(), an_entry()
    store.set("key", entry)
    assert [entry, None] == [store.get("key"), store.get("other")]


def test_an_entry_is_gone_when_its_time_is_up_and_weighs_nothing_then():
    clock = Clock()
    store = a_store(clock)
    store.set("key", an_entry(b"body", "tag"))
    clock.now_s = 200.0
    assert (None, 0, 0) == (store.get("key"), len(store), store.kept_bytes)


def test_an_entry_that_is_gone_already_is_not_kept():
    store = a_store()
    store.set("key", an_entry(gone_at_s=100.0))
    assert 0 == len(store)


def test_the_least_recently_used_goes_first():
    store = a_store(max_entries=2)
    for key in ("a", "b"):
        store.set(key, an_entry())
    store.get("a")
    store.set("c", an_entry())
    assert ["a", None, "c"] == [key if store.get(key) else None for key in ("a", "b", "c")]


def test_bytes_are_bounded_too_and_counted_exactly():
    one = size_bytes("a", an_entry(b"x" * 1_000))
    store = a_store(max_bytes=2 * one)
    for key in ("a", "b", "c"):
        store.set(key, an_entry(b"x" * 1_000))
    assert (2, 2 * one, None) == (len(store), store.kept_bytes, store.get("a"))


def test_an_entry_larger_than_the_whole_store_pushes_nothing_out():
    store = a_store(max_bytes=5_000)
    store.set("small", an_entry())
    store.set("large", an_entry(b"x" * 6_000))
    assert (1, True) == (len(store), store.get("small") is not None)


def test_a_new_entry_takes_the_place_of_the_old_with_its_tags():
    store = a_store()
    store.set("key", an_entry(b"old", "old"))
    store.set("key", an_entry(b"new", "new"))
    assert (0, 1) == (store.purge(["old"]), store.purge(["new"]))


def test_a_purge_forgets_all_that_has_one_of_the_tags_and_counts_each_once():
    store = a_store()
    store.set("a", an_entry(b"", "t", "u"))
    store.set("b", an_entry(b"", "u"))
    store.set("c", an_entry(b"", "v"))
    assert (2, 1, 0) == (store.purge(["t", "u", "nobody's"]), len(store), store.purge(["t", "u"]))


def test_deleting_what_is_not_there_is_no_matter():
    store = a_store()
    store.delete("key")
    assert 0 == store.kept_bytes


def test_a_store_that_is_emptied_weighs_nothing_and_remembers_no_tag():
    store = a_store()
    for key in ("a", "b"):
        store.set(key, an_entry(b"x" * 99, "t"))
    store.purge(["t"])
    assert repr(a_store()) == repr(store)


def test_its_repr_shows_how_full_it_is_and_nobodys_data():
    store = a_store(max_entries=5, max_bytes=9_000)
    store.set("token", an_entry(b"secret", "t"))
    found = f"<MemoryStore: 1 of 5 entries, {store.kept_bytes} of 9000 bytes, 1 tags>"
    assert found == repr(store)

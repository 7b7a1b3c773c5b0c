"""docs/spec/threats.md "contextvars": what is made for many is made in nobody's context."""

from contextvars import ContextVar

import pytest

from bff.calls.cache import Cache, Made
from bff.calls.keep import Keep
from bff.calls.keys import PublicKey
from bff.stores.memory import MemoryOptions, MemoryStore
from bff.terms.deadline import Deadline
from bff.terms.events import silence

MARK: ContextVar[str] = ContextVar("mark", default="nobody's")
KEY = PublicKey("view", "asked", ())


@pytest.mark.parametrize("keep", [Keep(fresh_s=5.0), Keep(stale_while_revalidate_s=5.0)])
async def test_what_is_kept_and_what_is_refreshed_carries_nothing_of_who_asked(keep: Keep):
    cache = Cache(MemoryStore(MemoryOptions(max_entries=9)), emit=silence)
    seen: list[str] = []

    async def make(_until: Deadline) -> Made:
        seen.append(MARK.get())
        return Made(cache.entry(b"", keep), None)

    for name in ("ada's", "bob's"):
        MARK.set(name)
        await cache.get(KEY, keep, make, deadline=Deadline.after(5.0))
    await cache.close()
    assert {"nobody's"} == set(seen)

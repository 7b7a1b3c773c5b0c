"""10,000 sessions cost under 50 MB: their tokens, their places in the store, and their indexes."""

import gc
import tracemalloc
from time import time

from bff.guard.sessions.cookies import new_id
from bff.guard.sessions.key_ring import KeyRing
from bff.guard.sessions.session import Session, SessionOptions
from bff.guard.sessions.vault import Vault, key_of
from bff.stores.records_memory import MemoryRecords

SESSIONS = 10_000
MOST_BYTES = 50_000_000


def session(number: int) -> Session:
    """With tokens as large as Keycloak's: 1.2 KB, 1 KB and 0.7 KB."""
    now_s = time()
    return Session(
        subject=f"user-{number}",
        issuer="https://login.example/realms/shop",
        scopes=("openid", "profile"),
        roles=("customer",),
        claims={"sub": f"user-{number}", "name": f"User {number}"},
        provider_sid=new_id(),
        access_token=f"{number:01200}",
        access_until_s=now_s + 300,
        renew_at_s=now_s + 240,
        refresh_token=f"{number:0700}",
        id_token=f"{number:01000}",
        began_s=now_s,
        seen_s=now_s,
    )


async def test_ten_thousand_sessions_cost_less_than_50_mb() -> None:
    records = MemoryRecords()
    vault = Vault(records, KeyRing({}), SessionOptions())
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(SESSIONS):
            await vault.keep(key_of(new_id()), session(number))
        used_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert used_bytes < MOST_BYTES, f"{used_bytes / SESSIONS:.0f} bytes a session"
    assert len(records) == 3 * SESSIONS, "one record and two indexes each, none pushed out"

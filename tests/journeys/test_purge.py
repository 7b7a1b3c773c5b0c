"""What is remembered, seen from the admin port of a whole BFF."""

from dataclasses import replace
from functools import partial

import httpx

from bff.edge.purge import AdminOptions
from bff.stores.memory import MemoryOptions
from tests.journeys.conftest import Demo, another_bff

TOKEN = "a-token-of-the-operator"
TAGS = {"tags": ["shop.catalog.v1.Product"]}


async def purged(demo: Demo, *, most: int) -> httpx.Response:
    """The answer of the same BFF with a token set, that remembers `most` entries."""
    remembering = MemoryOptions(max_entries=most)
    change = partial(replace, admin=AdminOptions(token=TOKEN), cache=remembering)
    async with another_bff(demo, change) as (bff, _):
        transport = httpx.ASGITransport(app=bff.admin)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://bff.test") as admin:
            return await admin.post(
                "/admin/cache/purge", json=TAGS, headers={"authorization": f"Bearer {TOKEN}"}
            )


async def test_purging_is_on_the_admin_port_alone_and_off_until_a_token_is_set(demo: Demo):
    inside = await demo.admin.post("/admin/cache/purge", json=TAGS)
    outside = await demo.public.post("/admin/cache/purge", json=TAGS)
    assert [403, 404] == [inside.status_code, outside.status_code]


async def test_with_a_token_it_purges_whether_anything_is_remembered_or_not(demo: Demo):
    found = [await purged(demo, most=most) for most in (0, 10)]
    assert [{"purged": 0}] * 2 == [one.json() for one in found]

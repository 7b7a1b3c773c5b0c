"""What clients and caches between are told of an answer's age."""

from typing import Any

import pytest

from bff.calls.keep import Keep
from bff.compose.caching import Caching
from bff.compose.endpoint import Answer, Ask, Gap
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from tests.edge.conftest import Client, an_endpoint

PUBLIC = Keep(fresh_s=60, stale_while_revalidate_s=120, stale_if_error_s=300, public=True)
GAP = Gap(path="/stock", code=Code.UNAVAILABLE, retryable=True)


async def headers_of(client_of: Client, caching: Caching | None, **answer: Any) -> dict[str, str]:
    async def run(context: RequestContext, ask: Ask) -> Answer:
        return Answer(b"{}", caching=caching, **answer)

    async with client_of(an_endpoint("/page", run=run, soft=True)) as client:
        return dict((await client.get("/page")).headers)


@pytest.mark.parametrize(
    "caching, control, status, short, age",
    [
        (
            Caching("miss", PUBLIC, stored=True),
            "public, max-age=60, stale-while-revalidate=120, stale-if-error=300",
            "bff; fwd=miss; stored",
            "MISS",
            None,
        ),
        (
            Caching("hit", Keep(fresh_s=60), 20.4),
            "private, max-age=60",
            "bff; hit; ttl=40",
            "HIT",
            "20",
        ),
        (
            Caching("stale", Keep(fresh_s=60), 70.0),
            "private, max-age=60",
            "bff; hit; ttl=-10",
            "STALE",
            "70",
        ),
        (Caching("expired", None), "no-cache, private", "bff; fwd=stale", "MISS", None),
        (
            Caching("coalesced", Keep(fresh_s=1)),
            "private, max-age=1",
            "bff; fwd=miss; collapsed",
            "MISS",
            None,
        ),
        (
            Caching("bypass", Keep(fresh_s=1)),
            "private, max-age=1",
            "bff; fwd=bypass",
            "BYPASS",
            None,
        ),
    ],
)
async def test_each_way_an_answer_comes_has_its_headers(
    client_of: Client, caching: Caching, control: str, status: str, short: str, age: str | None
):
    found = await headers_of(client_of, caching)
    assert [control, status, short, age] == [
        found.get(name) for name in ("cache-control", "cache-status", "x-cache-status", "age")
    ]


async def test_an_endpoint_that_caches_nothing_says_nothing_of_caches(client_of: Client):
    found = await headers_of(client_of, None)
    assert ("no-cache, private", set()) == (
        found["cache-control"],
        found.keys() & {"cache-status", "x-cache-status", "age"},
    )


async def test_an_answer_with_gaps_is_not_to_be_stored(client_of: Client):
    found = await headers_of(client_of, Caching("miss", None), gaps=(GAP,))
    assert "no-store" == found["cache-control"]


@pytest.mark.parametrize(
    "keep, vary",
    [
        (PUBLIC, "accept-encoding, accept-language"),
        (Keep(fresh_s=60), "accept-encoding, accept-language, authorization, cookie"),
        (None, "accept-encoding"),
    ],
)
async def test_a_private_answer_varies_by_the_credentials(
    client_of: Client, keep: Keep | None, vary: str
):
    """So a browser never gives one user's answer to the next who signs in."""
    found = await headers_of(client_of, Caching("miss", keep, varies_by=("accept-language",)))
    assert vary == found["vary"]


async def test_a_304_carries_the_caching_headers(client_of: Client):
    async def run(context: RequestContext, ask: Ask) -> Answer:
        return Answer(b"{}", caching=Caching("hit", PUBLIC, 5.0))

    async with client_of(an_endpoint("/page", run=run)) as client:
        tag = (await client.get("/page")).headers["etag"]
        found = await client.get("/page", headers={"if-none-match": tag})
    assert (304, "HIT", "5") == (
        found.status_code,
        found.headers["x-cache-status"],
        found.headers["age"],
    )

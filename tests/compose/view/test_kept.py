"""Whole answers, remembered: for how long, for whom, and which never are."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bff.calls.cache import Cache
from bff.calls.keep import Keep
from bff.calls.origin import Origin, Origins
from bff.compose.caching import Caching
from bff.compose.endpoint import Answer, Ask, Gap
from bff.compose.view.serving.kept import Keeper, KeptView
from bff.stores.memory import MemoryStore
from bff.terms.codes import Code
from bff.terms.context import Identity, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure, ServiceSilent
from bff.terms.events import silence

DOWN = ServiceSilent("down")
MINE = Keep(fresh_s=60)
PUBLIC = Keep(fresh_s=60, public=True)


class Page:
    """A view that counts how often it runs, and a clock that the test sets."""

    def __init__(self) -> None:
        self.now_s = 1_000.0
        self.cache = Cache(
            MemoryStore(clock=lambda: self.now_s), emit=silence, clock=lambda: self.now_s
        )
        self.seen: list[RequestContext] = []
        self.part = Origin("miss", None, 0.0, frozenset({"Product/p-1"}))
        self.changed: dict[str, Any] = {}
        self.failure: Failure | None = None

    async def view(self, context: RequestContext, ask: Ask, origins: Origins) -> Answer:
        self.seen.append(context)
        if self.failure:
            raise self.failure
        origins.note(self.part)
        body = f"{context.identity.subject}:{ask.query}:{len(self.seen)}".encode()
        return Answer(body)._replace(**self.changed)

    async def answer(
        self,
        keep: Keep | None,
        *,
        by: str = "ada",
        query: str = "q",
        accept: str = "application/json",
        **keeper: Any,
    ) -> Answer:
        who = RequestContext("r-1", Deadline.after(60), Identity(by, "idp"))
        view = KeptView(name="web.Page", keep=keep, asked=lambda ask: ask.query, run=self.view)
        run = Keeper(**{"cache": self.cache, **keeper}).run(view)
        answer = await run(who, Ask((), query, b"", "", {}, accept))
        assert isinstance(answer, Answer)
        return answer


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    made = Page()
    yield made
    await made.cache.close()


async def test_an_answer_is_given_out_again_as_it_was(page: Page):
    page.changed = {"media_type": "text/html", "headers": (("x-a", "1"), ("x-a", "2"))}
    first = await page.answer(MINE)
    page.now_s += 20
    again = await page.answer(MINE)
    assert (first[:5], 1) == (again[:5], len(page.seen))
    assert (Caching("miss", MINE, stored=True), Caching("hit", MINE, 20.0)) == (
        first.caching,
        again.caching,
    )


async def test_an_answer_was_made_when_its_oldest_part_was_asked_for(page: Page):
    """A store that others share has to tell a part that a purge came after from one before."""
    page.part = Origin("hit", Keep(fresh_s=90), 20.0, frozenset({"Product/p-1"}))
    await page.answer(MINE)
    page.now_s += 5
    caching = (await page.answer(MINE)).caching
    assert caching is not None
    assert (25.0, 80.0) == (caching.age_s, caching.keep and caching.keep.fresh_s)


async def test_row_112_one_users_answer_is_never_anothers(page: Page):
    assert [b"ada:q:1", b"bob:q:2"] == [
        (await page.answer(MINE, by=by)).body for by in ("ada", "bob")
    ]


async def test_a_public_answer_is_everybodys_and_made_for_nobody(page: Page):
    found = [(await page.answer(PUBLIC, by=by)).body for by in ("ada", "bob")]
    assert [b":q:1", b":q:1"] == found


@pytest.mark.parametrize("other", [{"query": "other"}, {"accept": "text/html"}])
async def test_row_115_what_was_asked_is_part_of_the_key(page: Page, other: dict[str, str]):
    await page.answer(PUBLIC)
    await page.answer(PUBLIC, **other)
    assert 2 == len(page.seen)


@pytest.mark.parametrize(
    "changed",
    [{"gaps": (Gap(path="/stock", code=Code.UNAVAILABLE, retryable=True),)}, {"status": 202}],
)
async def test_an_answer_that_is_not_whole_is_not_remembered(page: Page, changed: dict[str, Any]):
    page.changed = changed
    first = await page.answer(MINE)
    page.changed = {}
    again = await page.answer(MINE)
    assert (Caching("miss", None), b"ada:q:2") == (first.caching, again.body)


async def test_an_answer_with_a_stale_part_is_not_remembered(page: Page):
    page.part = Origin("stale", Keep(fresh_s=1), 2.0, frozenset())
    first = await page.answer(MINE)
    await page.answer(MINE)
    assert (Caching("miss", None), 2) == (first.caching, len(page.seen))


async def test_a_public_answer_with_a_private_part_is_told_private_and_not_remembered(page: Page):
    page.part = Origin("miss", Keep(fresh_s=90), 0.0, frozenset())
    first = await page.answer(PUBLIC)
    await page.answer(PUBLIC, by="bob")
    assert (Caching("miss", MINE), 2) == (first.caching, len(page.seen))


async def test_an_answer_is_fresh_only_as_long_as_its_parts(page: Page):
    page.part = Origin("hit", Keep(fresh_s=30), 20.0, frozenset())
    first = await page.answer(MINE)
    page.now_s += 10
    await page.answer(MINE)
    assert (Keep(fresh_s=10), 2) == (first.caching and first.caching.keep, len(page.seen))


async def test_an_answer_is_forgotten_by_the_tags_of_its_parts_and_by_its_name(page: Page):
    await page.answer(MINE)
    by_part = await page.cache.purge(["Product/p-1"])
    await page.answer(MINE)
    assert [1, 1] == [by_part, await page.cache.purge(["web.Page"])]


async def test_a_view_that_fails_is_covered_for_by_what_is_kept(page: Page):
    keep = Keep(stale_if_error_s=60)
    await page.answer(keep)
    page.failure = DOWN
    page.now_s += 30
    found = await page.answer(keep)
    assert (b"ada:q:1", Caching("stale", keep, 30.0)) == (found.body, found.caching)


async def test_without_a_cache_the_view_runs_and_others_are_told_what_they_may_keep(page: Page):
    found = [await page.answer(MINE, cache=None) for _ in range(2)]
    assert ([Caching("bypass", MINE)] * 2, 2) == ([one.caching for one in found], len(page.seen))


async def test_a_view_whose_parts_alone_are_kept_says_how_they_came(page: Page):
    page.part = Origin("hit", Keep(fresh_s=30), 20.0, frozenset())
    found = await page.answer(None)
    assert Caching("hit", Keep(fresh_s=10)) == found.caching


async def test_an_answer_varies_by_the_headers_that_services_get(page: Page):
    found = await page.answer(MINE, forwarded=("Accept-Language", "authorization", "x-*"))
    assert ("accept-language",) == (found.caching and found.caching.varies_by)

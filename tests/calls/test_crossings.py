"""Row 112: two users, one cache, whatever order things happen in: nobody gets another's answer.

The service answers with the token that came with the call and with what was asked. Who asks
compares: a public question may be answered with anybody's token, all others with its own only.
"""

import asyncio
from collections import Counter
from random import Random
from typing import Any

import pytest

from bff.calls import sharing
from bff.calls.cache import Cache
from bff.calls.keep import Keep
from bff.calls.keys import PublicKey
from bff.calls.origin import Origins
from bff.calls.pipeline import pipeline
from bff.compose.endpoint import Answer, Ask
from bff.compose.view.serving.kept import Keeper, KeptView
from bff.stores.memory import MemoryOptions, MemoryStore
from bff.terms.context import RequestContext
from bff.terms.errors import Failure
from bff.terms.events import CacheAsked, Event
from tests.calls.asked import (
    ONCE,
    Service,
    StartingService,
    a_call,
    a_context,
    by_callbacks,
    denied,
    down,
    settle,
)

INTERLEAVINGS = 10_000
STEPS = 12
PUBLIC = Keep(fresh_s=2, stale_while_revalidate_s=5, public=True)
KEEPS = (
    None,
    Keep(fresh_s=5),
    Keep(fresh_s=2, stale_while_revalidate_s=20),
    Keep(stale_if_error_s=20),
    PUBLIC,
)
USERS = ("ada", "bob")


class World:
    """Two users, the services, the cache, and dice that decide what happens next."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.now_s = 0.0
        self.told: list[Event] = []
        self.service = self.dice.choice((Service, StartingService))()
        store = MemoryStore(
            MemoryOptions(max_entries=self.dice.choice((2, 100))), clock=lambda: self.now_s
        )
        self.cache = Cache(store, emit=self.told.append, clock=lambda: self.now_s)
        calls = pipeline(
            {"*": self.service}, emit=self.told.append, cache=self.cache, policies=ONCE
        )
        self.make = calls.make if seed % 2 else by_callbacks(calls)
        self.asking: list[asyncio.Task[None]] = []
        self.crossings = 0
        self.answers = 0
        keeper = Keeper(self.cache)
        self.views = [
            keeper.run(KeptView(name=f"view {n}", keep=keep, asked=_query, run=self.view))
            for n, keep in enumerate(KEEPS)
        ]

    async def view(self, context: RequestContext, ask: Ask, origins: Origins) -> Answer:
        """A view of one call, kept or not."""
        keep = KEEPS[len(ask.query) % 4]
        call = a_call(context, request=ask.query.encode(), keep=keep, note=origins.note)
        return Answer((await self.make(call)).encode())

    async def run(self) -> None:
        for _ in range(STEPS):
            self.step()
            for _ in range(self.dice.randrange(3)):
                await asyncio.sleep(0)
        while any(not one.done() for one in self.asking):
            self.reply(all_of_them=True)
            await settle()
        await self.cache.close()
        await asyncio.gather(*self.asking, return_exceptions=True)

    def step(self) -> None:
        what = self.dice.random()
        if what < 0.5:
            self.asking.append(asyncio.ensure_future(self.ask()))
        elif what < 0.8:
            self.reply()
        elif what < 0.9 and self.asking:
            self.dice.choice(self.asking).cancel()
        else:
            self.now_s += self.dice.choice((1.0, 3.0, 30.0))

    async def ask(self) -> None:
        user, question = self.dice.choice(USERS), self.dice.choice(("q", "qq"))
        context = a_context(user)
        try:
            if self.dice.random() < 0.5:
                keep = self.dice.choice(KEEPS)
                got = await self.make(a_call(context, request=question.encode(), keep=keep))
                public = keep == PUBLIC
            else:
                number = self.dice.randrange(len(KEEPS))
                view: Any = self.views[number]
                got = (await view(context, Ask((), question, b"", "", {}))).body.decode()
                public = KEEPS[number] == PUBLIC
        except Failure:
            return
        self.compare(got, user, question, public=public)

    def compare(self, got: str, user: str, question: str, *, public: bool) -> None:
        token, asked = got.split(" for ")
        self.answers += 1
        self.crossings += asked != question or (token != f"Bearer {user}" and not public)

    def reply(self, *, all_of_them: bool = False) -> None:
        waiting = [one for one in self.service.heard if not one.reply.done()]
        chosen = waiting if all_of_them else waiting and [self.dice.choice(waiting)]
        for heard in chosen:
            token = dict(heard.metadata)["authorization"]
            failing = self.dice.random()
            if failing < 0.1:
                heard.reply.set_exception(down() if failing < 0.08 else denied())
            else:
                heard.reply.set_result(f"{token} for {heard.request.decode()}".encode())


def _query(ask: Ask) -> str:
    return ask.query


async def happened(seeds: range) -> tuple[int, int, Counter[str]]:
    """Crossings, answers, and how they came, over some interleavings."""
    crossings = answers = 0
    hows: Counter[str] = Counter()
    for seed in seeds:
        world = World(seed)
        await world.run()
        crossings += world.crossings
        answers += world.answers
        hows.update(one.how for one in world.told if isinstance(one, CacheAsked))
    return crossings, answers, hows


@pytest.mark.parametrize("part", range(10))
async def test_row_112_nobody_gets_anothers_answer_in_ten_thousand_interleavings(part: int):
    share = INTERLEAVINGS // 10
    crossings, answers, hows = await happened(range(part * share, (part + 1) * share))
    every = {"hit", "stale", "miss", "expired", "coalesced"}
    assert (0, True, every) == (crossings, answers > share, set(hows))


async def test_a_key_without_the_caller_would_be_found_out(monkeypatch: pytest.MonkeyPatch):
    """The test above can fail: it sees the crossings of a cache that forgets who asks."""

    def forgetful(what: str, asked: Any, context: RequestContext, *, public: bool) -> PublicKey:
        return PublicKey(what, asked, ())

    monkeypatch.setattr(sharing, "key_of", forgetful)
    crossings, _, _ = await happened(range(100))
    assert crossings > 0

"""Reloading, step by step: when it looks, when it builds, and when the old one closes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from bff.reload import Making, Reloading
from bff.settings import Settings
from bff.terms.events import Crashed, Event, Lifecycle
from bff.terms.mistakes import ContractMistake, ContractMistakes
from bff.watched import Seen
from tests.conditions import until


@dataclass(eq=False)
class Workshop:
    """Files that the test writes, and every BFF that was made of them."""

    files: dict[str, object] = field(default_factory=lambda: {"a.proto": 1})
    fault: Exception | None = None
    made: list[Any] = field(default_factory=list)
    said: list[ContractMistakes] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    polls: "asyncio.Queue[None]" = field(default_factory=asyncio.Queue)
    looks: int = 0

    async def build(self, settings: Settings) -> Any:
        if self.fault:
            raise self.fault
        bff = SimpleNamespace(
            settings=settings,
            blueprint=SimpleNamespace(endpoints=(1, 2)),
            state="made",
            inside=asyncio.Event(),
            go=asyncio.Event(),
        )

        async def app(*_: object) -> None:
            bff.inside.set()
            await bff.go.wait()

        @asynccontextmanager
        async def running() -> AsyncIterator[Any]:
            bff.state = "open"
            yield bff
            bff.state = "closed"

        bff.public = bff.admin = app
        bff.running = running
        self.made.append(bff)
        return bff

    async def look(self, _settings: Settings, _before: Seen) -> Seen:
        self.looks += 1
        return dict(self.files)

    async def pause(self, _seconds: float) -> None:
        await self.polls.get()

    async def poll(self) -> None:
        """One poll, with all that comes of it."""
        looks = self.looks
        self.polls.put_nowait(None)
        await until(lambda: self.looks > looks)
        for _ in range(5):
            await asyncio.sleep(0)

    @property
    def states(self) -> list[str]:
        return [one.state for one in self.made]

    @asynccontextmanager
    async def reloading(self) -> AsyncIterator[Reloading]:
        making = Making(
            read=Settings,
            build=self.build,
            say=self.said.append,
            look=self.look,
            pause=self.pause,
        )
        live = await Reloading.start(making, emit=self.events.append)
        watching = asyncio.create_task(live.watch())
        yield live
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await live.close()


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


async def test_nothing_is_rebuilt_while_nothing_changes(workshop):
    async with workshop.reloading():
        await workshop.poll()
        await workshop.poll()
        assert ["open"] == workshop.states
    assert ["closed"] == workshop.states


async def test_a_change_is_taken_up_only_when_it_has_settled(workshop):
    """An editor that writes in two steps, or protoc half-way through, is not read."""
    async with workshop.reloading():
        workshop.files["a.proto"] = 2
        await workshop.poll()
        workshop.files["a.proto"] = 3
        await workshop.poll()
        assert ["open"] == workshop.states
        await workshop.poll()
        assert ["closed", "open"] == workshop.states
    assert [Lifecycle(state="reloaded", detail="2 endpoints")] == workshop.events


async def test_the_old_one_closes_behind_its_last_request(workshop):
    async with workshop.reloading() as live:
        request = asyncio.create_task(live.public({}, None, None))
        await workshop.made[0].inside.wait()
        workshop.files["a.proto"] = 2
        await workshop.poll()
        await workshop.poll()
        assert ["open", "open"] == workshop.states
        assert live.bff is workshop.made[1]

        workshop.made[0].go.set()
        await request
        await until(lambda: workshop.states == ["closed", "open"])


async def test_a_mistake_is_said_once_and_leaves_the_old_one(workshop):
    workshop_fault = ContractMistakes.of([ContractMistake("a slip", where="a.proto:3")])
    async with workshop.reloading() as live:
        workshop.files["a.proto"], workshop.fault = 2, workshop_fault
        for _ in range(4):
            await workshop.poll()
        assert ["open"] == workshop.states
        assert live.bff is workshop.made[0]
    assert [workshop_fault] == workshop.said
    assert [Lifecycle(state="reload-failed", detail="a slip @ a.proto:3")] == workshop.events


async def test_a_bug_of_ours_leaves_the_old_one_and_the_watch_goes_on(workshop):
    async with workshop.reloading():
        workshop.files["a.proto"], workshop.fault = 2, RuntimeError("boom")
        await workshop.poll()
        await workshop.poll()
        workshop.files["a.proto"], workshop.fault = 3, None
        await workshop.poll()
        await workshop.poll()
        assert ["closed", "open"] == workshop.states
    failed, crashed, reloaded = workshop.events
    assert "reload-failed" == failed.state
    assert isinstance(crashed, Crashed)
    assert "boom" in crashed.traceback
    assert "reloaded" == reloaded.state


async def test_closing_ends_generations_that_still_have_requests(workshop):
    async with workshop.reloading() as live:
        request = asyncio.create_task(live.admin({}, None, None))
        await workshop.made[0].inside.wait()
        workshop.files["a.proto"] = 2
        await workshop.poll()
        await workshop.poll()
    assert ["closed", "closed"] == workshop.states
    request.cancel()

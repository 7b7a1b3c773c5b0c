"""Two users at once, over every endpoint of the demo: neither ever sees the other's data.

Every service answers with the name of its caller, so a reply that reached the wrong one by
coalescing, a cache, an ETag, a batch or a stream would be seen. A new endpoint is tested, too,
without a line here: its request is made from the blueprint.

TWO_USERS=100000 asks for as many requests, for the long form.
Source    docs/spec/threats.md "other user's data"; docs/spec/bad-input.md rows 112, 113.
"""

import asyncio
import os
import random
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace

import httpx
import pytest
import pytest_asyncio

from bff.app import Bff, assemble
from bff.compose.endpoint import Endpoint
from bff.contract.catalog import Catalog
from bff.settings import Overrides, load
from bff.telemetry.log import line_of
from bff.telemetry.metrics import Metrics
from bff.telemetry.tell import tell
from bff.terms.events import CacheAsked, Event
from fake_services.demo_keys import DemoKeys, demo_keys
from fake_services.tokens import token
from tests.grpc_service import grpc_service
from tests.journeys.broken_steps import SAMPLES, rpcs_of
from tests.journeys.conftest import ROOT, keyed
from tests.journeys.mirrors import CANARY, Mirrors, mark_of
from tests.openapi.documents import demo_blueprint

REQUESTS = int(os.environ.get("TWO_USERS", "3000"))
AT_ONCE = 16
SEED = 112
USERS = ("ada", "bob")
JSON = "application/json"
LATE = (503, 504)
"""What a busy machine answers where a deadline is 250 ms: nobody's data, as long as most come."""
EVENTS = 50_000
"""So many of the newest are looked at."""
BODIES = {
    "TodoService_CreateTodo": (JSON, b'{"title":"x"}'),
    "TodoService_UpdateTodo": (JSON, b'{"title":"x"}'),
    "TodoService_PutAttachment": ("text/plain", b"x"),
    "TodoService_ImportTodos": ("application/x-ndjson", b'{"title":"x"}\n'),
}
BLIND = frozenset({"TodoService_DeleteTodo"})
"""Endpoints whose answers have no text of a service's in them."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


def shared_rpcs(endpoints: tuple[Endpoint, ...]) -> frozenset[str]:
    """Those of steps that are declared to be kept for everybody."""
    steps = [step for one in endpoints if one.plan for step in one.plan.steps]
    public = [step for step in steps if step.keep is not None and step.keep.public]
    return frozenset(rpc for step in public for rpc in rpcs_of(step))


def is_shared(endpoint: Endpoint) -> bool:
    """Whether its whole answer is declared to be kept for everybody."""
    plan = endpoint.plan
    return plan is not None and plan.keep is not None and plan.keep.public and not plan.personal


@dataclass(frozen=True, slots=True)
class Question:
    """One request that anybody may send, of one endpoint. `form` says how it is asked."""

    endpoint: Endpoint
    form: str

    @property
    def path(self) -> str:
        names = [one.name for one in self.endpoint.template.variables]
        path = self.endpoint.template.expand({name: SAMPLES[name] for name in names})
        return path + ("?todo_ids=t-1" if self.endpoint.name.endswith("BatchGetTodos") else "")


@dataclass(slots=True)
class Crowd:
    """Ada and Bob, and all that they were answered."""

    bff: Bff
    client: httpx.AsyncClient
    keys: DemoKeys
    events: deque[Event]
    tokens: dict[str, str] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    late: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.tokens = {name: token(name, self.keys) for name in USERS}

    async def ask(self, question: Question, by: str) -> None:
        other = next(name for name in USERS if name != by)
        answer = await self._answer(question, by, other)
        name = question.endpoint.name
        self.asked[f"{name} {question.form}"] += 1
        told = answer.text + str(answer.headers.multi_items())
        shared = is_shared(question.endpoint)
        if answer.status_code in LATE:
            self.late += 1
        elif answer.status_code >= 300 and not (shared and answer.status_code == 304):
            status, text = answer.status_code, answer.text[:200]
            self.wrong.append(f"{question.form} {name}: {status} {text}")
        if not shared and mark_of(other) in told:
            self.wrong.append(f"{question.form} {name}: {by} was shown what is {other}'s")
        if CANARY in told or any(text in told for text in self.tokens.values()):
            self.wrong.append(f"{question.form} {name}: a canary")
        if mark_of(by) in told:
            self.seen[name] += 1
        if "etag" in answer.headers:
            self.tags.setdefault(name, {})[by] = answer.headers["etag"]

    async def _answer(self, question: Question, by: str, other: str) -> httpx.Response:
        endpoint, path = question.endpoint, question.path
        headers = {"authorization": f"Bearer {self.tokens[by]}"}
        if question.form == "batch":
            sent = {"requests": [{"method": "GET", "path": path}] * 2}
            return await self.client.post("/v1/batch", json=sent, headers=headers)
        if question.form == "events":
            headers["accept"] = "text/event-stream"
        if question.form == "etag":
            headers["if-none-match"] = self.tags.get(endpoint.name, {}).get(other, '"none"')
        body = None
        if endpoint.body is not None:
            headers["content-type"], body = BODIES.get(endpoint.name, (JSON, b"{}"))
        return await self.client.request(endpoint.method, path, headers=headers, content=body)


def questions(endpoints: tuple[Endpoint, ...]) -> Iterator[Question]:
    """Every endpoint, in every form that it has."""
    for one in endpoints:
        if one.name == "Batch":
            continue
        yield Question(one, "plain")
        if one.method == "GET" and not one.streams:
            yield Question(one, "etag")
            yield Question(one, "batch")
        if "text/event-stream" in one.produces:
            yield Question(one, "events")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crowd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Crowd]:
    keys = demo_keys(tmp_path_factory.mktemp("demo"))
    catalog = Catalog.of((ROOT / "generated" / "descriptors.binpb").read_bytes())
    mirrors = Mirrors(catalog, shared_rpcs(demo_blueprint().endpoints))
    async with grpc_service(mirrors) as address:
        services = tuple((name, address) for name in catalog.services)
        settings = load(ROOT / "bff.toml", environment={}, overrides=Overrides(services=services))
        settings = replace(keyed(settings, keys), batch=replace(settings.batch, requests=20))
        events: deque[Event] = deque(maxlen=EVENTS)
        metrics = Metrics()
        emit = tell(events.append, metrics.listen)
        bff = assemble(settings, emit=emit, metrics=metrics)
        transport = httpx.ASGITransport(app=bff.public, raise_app_exceptions=False)  # type: ignore[arg-type]
        async with bff.running(), httpx.AsyncClient(transport=transport, base_url="http://t") as it:
            yield Crowd(bff, it, keys, events)


@pytest.mark.timeout(60 + REQUESTS // 20)
async def test_rows_112_113_neither_of_two_users_ever_sees_what_is_the_others(crowd: Crowd):
    """Pairs at the same moment, in random order: the same question from both, again and again."""
    every = list(questions(crowd.bff.blueprint.endpoints))
    chance = random.Random(SEED)
    gate = asyncio.Semaphore(AT_ONCE)

    async def asked(question: Question, by: str) -> None:
        async with gate:
            await crowd.ask(question, by)

    wanted = max(REQUESTS // 2 // len(every), 1) * every
    chance.shuffle(wanted)
    who = [chance.sample(USERS, 2) for _ in wanted]
    await asyncio.gather(
        *(asked(one, by) for one, both in zip(wanted, who, strict=True) for by in both)
    )

    assert [] == sorted(set(crowd.wrong))[:10]
    assert {f"{one.endpoint.name} {one.form}" for one in every} == set(crowd.asked)
    assert REQUESTS - 2 * len(every) <= crowd.asked.total()
    assert crowd.late <= crowd.asked.total() / 5


async def test_the_answers_do_say_whose_they_are(crowd: Crowd):
    """Otherwise the test above would find nothing because there is nothing."""
    silent = {one.name for one in crowd.bff.blueprint.endpoints} - crowd.seen.keys()
    shared = {one.name for one in crowd.bff.blueprint.endpoints if is_shared(one)}
    assert BLIND | {"Batch"} == silent - shared


async def test_answers_were_shared_and_kept_meanwhile(crowd: Crowd):
    """Otherwise nothing could have been mixed up."""
    hows = Counter(one.how for one in crowd.events if isinstance(one, CacheAsked))
    assert {"hit", "coalesced"} <= hows.keys()


async def test_no_token_and_no_canary_is_in_a_log_line_or_a_metric(crowd: Crowd):
    """The log has one line for each event; traces are made of the same events."""
    log = "\n".join(repr(one) + line_of(one, at_s=0.0).decode() for one in crowd.events)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=crowd.bff.admin),  # type: ignore[arg-type]
        base_url="http://t",
    ) as admin:
        metrics = (await admin.get("/metrics")).text
    secrets = [CANARY, *(part for text in crowd.tokens.values() for part in text.split("."))]
    assert "todos.v1.TodoService" in log
    assert [] == [one for one in secrets if one in log or one in metrics]

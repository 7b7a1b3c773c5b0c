"""F20: who issues the tokens is gone, silent, ill, or has other keys than a moment ago.

Called by hostile.py.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from fake_services.demo_keys import DemoKeys, demo_keys
from fake_services.identity_provider import PEOPLE, IdentityProvider, Mood
from fake_services.identity_provider_run import provider_running
from fake_services.tokens import AUDIENCE, ISSUER, token
from tests.faults.bff import Bff
from tests.faults.contract import ECHO
from tests.faults.moment import passed
from tests.faults.oracle import Answer, Ask, Outcome, Verdict, judged
from tests.faults.proxy import ChaosProxy
from tests.faults.row import Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.sign_in import landed, login, returning, sign_in
from tests.faults.site import Site
from tests.faults.tape import Tape
from tests.faults.volley import volley

SESSIONS = 6
RACERS, RACED = 100, 3
LAG, LAG_MS = "bff_loop_lag_seconds", 20.0
REFRESH_S = 0.5
"""How often the keys are read: so often that each fault meets a reading."""
PATIENCE_S = 2.0
ISSUERS = """
[[issuers]]
issuer = "{issuer}"
audience = "{audience}"
keys = "{keys}"
refresh_s = {refresh_s}
"""
SIGNED_IN = f'"{ECHO}/Get" = "signed_in"\n"{ECHO}/Find" = "signed_in"'
GONE: Final = "gone"
MOODS: tuple[Mood, ...] = ("stalls", "breaks", "html", "huge")
SICK = (GONE, *MOODS)


@dataclass(slots=True, eq=False)
class Town:
    """A provider behind a proxy, a BFF that trusts it, and who is signed in."""

    site: Site
    provider: IdentityProvider
    proxy: ChaosProxy
    bff: Bff
    tokens: Sequence[str] = ()
    cookies: Sequence[str] = ()

    def asked(self, number: int) -> Ask:
        """By token and by cookie, in turn."""
        which = number // 2 % len(self.cookies)
        name = f"{number}-{PEOPLE[which % len(PEOPLE)]}"
        if number % 2:
            headers = {"Cookie": self.cookies[which], "Sec-Fetch-Site": "same-origin"}
            return Ask(id=name, path=f"/v1/echo/{name}:find", headers=headers, kind="session")
        return _bearing(name, self.tokens[which % len(PEOPLE)])

    async def sign_in(self, people: int = SESSIONS) -> list[str]:
        which = (PEOPLE[it % len(PEOPLE)] for it in range(people))
        return [await sign_in(self.bff.port, self.provider, person) for person in which]

    async def turn(self, sickness: str) -> None:
        """One of SICK, or "well"."""
        self.provider.mood = next((it for it in MOODS if it == sickness), "well")
        if sickness == GONE:
            await self.proxy.close()
            self.proxy.reset()
        else:
            await self.proxy.open()


def _bearing(name: str, text: str) -> Ask:
    headers = {"Authorization": f"Bearer {text}"}
    return Ask(id=name, path=f"/v1/echo/{name}", headers=headers, kind="token")


def judge(ask: Ask, answer: Answer | None) -> Verdict:
    """The service must have heard who it is; the names of the requests say who that is."""
    return judged(replace(ask, identity=ask.id.rpartition("-")[2]), answer)


async def town_of(site: Site) -> Town:
    logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())  # it is ill on purpose
    (only,) = await site.replicas()
    access_s = max(4 * site.times.fault_s, 6.0)  # a fault meets renewals, and outlasts no token
    keys = demo_keys(site.folder / "keys")
    provider = await site.stack.enter_async_context(provider_running(keys, access_s=access_s))
    proxy = await site.proxy(f"127.0.0.1:{provider.issuer.rpartition(':')[2]}")
    provider.issuer = f"http://localhost:{proxy.port}"
    issuers = ISSUERS.format(
        issuer=ISSUER,
        audience=AUDIENCE,
        keys=f"{provider.issuer}/jwks.json",
        refresh_s=REFRESH_S,
    )
    more = f"{login(provider)}timeout_s = {PATIENCE_S}\n{issuers}"
    bff = await site.bff({ECHO: only.address}, more=more, access=SIGNED_IN)
    town = Town(site, provider, proxy, bff)
    town.tokens = _tokens(keys)
    town.cookies = await town.sign_in()
    return town


def _tokens(keys: DemoKeys) -> list[str]:
    return [token(person, keys) for person in PEOPLE]


async def ill(site: Site) -> Sequence[Row]:
    town = await town_of(site)
    return [await _ill(town, sickness) for sickness in (SICK[:1] if site.short else SICK)]


async def _ill(town: Town, sickness: str) -> Row:
    """Who has a token or a session does not notice; who comes to sign in is told to come again."""
    site, back = town.site, await returning(town.bff.port, town.provider, "ada")
    refused: list[int] = []
    lag_s: list[float] = []

    async def fault() -> None:
        await town.bff.metrics()  # the gauge tells the worst since the last scrape
        await town.turn(sickness)
        answer = await landed(back)
        refused.append(answer.status_code)

    async def mend() -> None:
        lag_s.append((await town.bff.metrics())[LAG])
        await town.turn("well")

    load = site.load(town.bff, make=town.asked, judge=judge)
    acts = await site.acts(town.bff, load, fault=fault, mend=mend)
    checks = [
        counted("lost", acts.faulty.count(Outcome.LOST)),
        counted("good tokens refused", len(acts.faulty.of("token").bad)),
        counted("sessions refused", len(acts.faulty.of("session").bad)),
        counted("sign-ins that were not told 503", sum(it != 503 for it in refused)),
        at_most("loop lag", 1000 * max(lag_s), LAG_MS, unit="ms"),
    ]
    notes = [f"{times} x {why}" for why, times in acts.faulty.bad.whys.most_common()]
    # its keys are being read, or a renewal waits for them
    return site.row_of(acts, checks, variant=sickness, notes=notes, tasks=1)


async def keys_change(site: Site) -> Sequence[Row]:
    """A new key beside the old one, then alone; and tokens with a key that nobody knows."""
    town = await town_of(site)
    old = town.provider.keys
    new = demo_keys(site.folder / "new-keys")
    both = site.folder / "both.json"
    sets = [json.loads(it.jwks.read_text(encoding="utf-8"))["keys"] for it in (old, new)]
    both.write_text(json.dumps({"keys": [*sets[0], *sets[1]]}), encoding="utf-8")
    numbers = count()
    await _served(town, replace(new, jwks=both))
    beside = await _volley(town, [*_tokens(old), *_tokens(new)], numbers)
    asked = town.provider.asked["keys"]
    began_s = asyncio.get_running_loop().time()
    strange = await _volley(town, _tokens(demo_keys(site.folder / "strange-keys")), numbers)
    took_s = asyncio.get_running_loop().time() - began_s
    fetched = town.provider.asked["keys"] - asked - int(took_s / REFRESH_S)
    await _served(town, new)
    dropped = await _volley(town, _tokens(old), numbers)
    alone = await _volley(town, _tokens(new), numbers)
    kept = await volley(town.bff.port, (town.asked(2 * it + 1) for it in range(50)), judge=judge)
    checks = [
        counted("refused while both keys are there", len(beside.bad)),
        counted("strangers' tokens not answered 401", _but_401(strange)),
        counted("fetches of keys for strangers", fetched, 1),
        counted("tokens of a dropped key not answered 401", _but_401(dropped)),
        counted("refused of the new key", len(alone.bad)),
        counted("sessions refused", len(kept.bad)),
    ]
    tape = Tape([*beside, *strange, *dropped, *alone, *kept])
    notes = [f"{times} x {why}" for why, times in tape.bad.whys.most_common()]
    return [site.row(tape, checks, variant="rotated, dropped, unknown", notes=notes)]


async def _served(town: Town, keys: DemoKeys) -> None:
    """The issuer has these from now on, and the BFF has had time to read them."""
    town.provider.keys = keys
    await passed(2 * REFRESH_S)


async def _volley(town: Town, tokens: Sequence[str], numbers: "count[int]") -> Tape:
    """Each token many times."""
    each = 20 if town.site.short else 100
    people = [PEOPLE[it % len(PEOPLE)] for it in range(len(tokens))]
    asks = (
        _bearing(f"{next(numbers)}-{person}", text)
        for _ in range(each)
        for person, text in zip(people, tokens, strict=True)
    )
    return await volley(town.bff.port, asks, judge=judge)


def _but_401(tape: Tape) -> int:
    return len(tape) - tape.whys["401 unauthenticated"]


async def raced(site: Site) -> Sequence[Row]:
    """A hundred requests at once on a session whose token has ended are one renewal."""
    town = await town_of(site)
    town.provider.access_s = 1.0
    town.cookies = await town.sign_in(RACED)
    town.provider.access_s = 600.0
    await passed(1.5)
    asked = town.provider.asked["token"]
    tape = Tape()
    for which in range(RACED):
        asks = (town.asked(2 * (which + RACED * it) + 1) for it in range(RACERS))
        tape.shots.extend(await volley(town.bff.port, asks, judge=judge, at_once=RACERS))
    renewed = town.provider.asked["token"] - asked
    checks = [
        counted("refused", len(tape.bad)),
        counted(f"renewals of {RACED} sessions", renewed, RACED),
    ]
    notes = [f"{times} x {why}" for why, times in tape.bad.whys.most_common()]
    variant = f"{RACERS} at once on each of {RACED} sessions"
    return [site.row(tape, checks, variant=variant, notes=notes)]


SCENARIOS = (
    Scenario(
        id="F20a",
        title="issuer ill",
        promise="good tokens and sessions go on; sign-in 503; loop lag <= 20 ms",
        run=ill,
    ),
    Scenario(
        id="F20b",
        title="issuer's keys",
        promise="rotation refuses nobody; an unknown key is a 401 and at most one fetch in 30 s",
        run=keys_change,
    ),
    Scenario(
        id="F20c",
        title="renewals raced",
        promise="one renewal a session",
        run=raced,
        tested=False,  # tests/sessions/test_renewal.py does it without the seconds
    ),
)

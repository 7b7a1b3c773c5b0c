"""F21: tokens of a clock that differs from ours, and a wall clock that jumps while we run.

Called by hostile.py.
Source    docs/spec/reliability.md, "clock skew"; libfaketime's FAKETIME_TIMESTAMP_FILE.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jwt

from fake_services.demo_keys import DemoKeys, demo_keys
from fake_services.tokens import AUDIENCE, ISSUER
from tests.faults.behaviour import Behaviour
from tests.faults.bff import Bff
from tests.faults.contract import ECHO, OTHER
from tests.faults.oracle import Answer, Ask, Outcome, Verdict, judged
from tests.faults.row import Row, at_most, counted
from tests.faults.scenario import Impossible, Scenario
from tests.faults.site import Site
from tests.faults.tape import Tape
from tests.faults.volley import volley

LEEWAY_S = 30
SHIFTS_S = (1, 30, 31, 300)
ISSUERS = '\n[[issuers]]\nissuer = "{issuer}"\naudience = "{audience}"\nkeys = "{keys}"\n'
SIGNED_IN = f'"{ECHO}/Get" = "signed_in"'
LIFE_S, OLD_S = 36_000, 7_200
WHO = "ada"
DEADLINE_MS, LATE_MS, OVERSHOOT_MS = 500, 2_000, 50
JUMPS = ("+3600", "-3600")
FAKETIME = "faketime/libfaketimeMT.so.1"
PLACES = ("/usr/lib/*-linux-gnu", "/usr/lib", "/usr/lib64", "/usr/local/lib")


@dataclass(frozen=True, slots=True)
class Skewed:
    """`claim` says a time that is `shift_s` from now; nothing else is amiss."""

    claim: str
    shift_s: int

    @property
    def is_good(self) -> bool:
        """
        >>> [Skewed("iat", it).is_good for it in (-300, 30, 31)]
        [True, True, False]
        >>> [Skewed("exp", it).is_good for it in (300, -30, -31)]
        [True, True, False]
        """
        ahead_s = -self.shift_s if self.claim == "exp" else self.shift_s
        return ahead_s <= LEEWAY_S

    def claims(self, now_s: float) -> dict[str, float]:
        """Times that are as far off, or as near, for the next second.

        >>> Skewed("iat", 31).claims(0.0)["iat"], Skewed("exp", -30).claims(0.0)["exp"]
        (32.0, -29.0)
        """
        usual = {"iat": now_s - OLD_S, "nbf": now_s - OLD_S, "exp": now_s + LIFE_S}
        looked_at_s = 1 if self.is_good == (self.claim == "exp") else -1
        return {**usual, self.claim: now_s + self.shift_s + looked_at_s}


def skews() -> Iterator[Skewed]:
    for claim in ("iat", "nbf", "exp"):
        for shift_s in SHIFTS_S:
            yield Skewed(claim, shift_s)
            yield Skewed(claim, -shift_s)


async def skewed(site: Site) -> Sequence[Row]:
    keys, bff = await _guarded(site)
    good, bad, refused = Tape(), Tape(), 0
    each = 4 if site.short else 42
    for skew in skews():
        text = _token(keys, skew.claims(time.time()))
        name = f"{skew.claim}{skew.shift_s}"
        asks = [_bearing(f"{name}-{it}", text) for it in range(each)]
        tape = good if skew.is_good else bad
        tape.shots.extend(await volley(bff.port, asks))
        refused += 0 if skew.is_good else each
    metrics = await bff.metrics()
    told = sum(metrics[name] for name in metrics if name.startswith("bff_tokens_mistimed_total"))
    checks = [
        counted(f"refused within {LEEWAY_S} s", len(good.bad)),
        counted("not answered 401 beyond it", len(bad) - bad.whys["401 unauthenticated"]),
        counted("refusals that are not counted as mistimed", refused - int(told)),
    ]
    variant = f"iat, nbf, exp by {', '.join(f'+-{it}' for it in SHIFTS_S)} s"
    return [site.row(Tape([*good, *bad]), checks, variant=variant)]


async def jumping(site: Site) -> Sequence[Row]:
    """The wall clock jumps and jumps back; what runs out of time does so when it should."""
    library = faketime()
    clock = site.folder / "clock"
    clock.write_text("+0", encoding="ascii")
    env = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    keys, bff = await _guarded(site, env=env)
    text = _token(keys, Skewed("exp", LIFE_S).claims(time.time()))
    jumps = JUMPS[:1] if site.short else JUMPS
    return [await _jump(site, bff, text, clock, jump) for jump in jumps]


async def _jump(site: Site, bff: Bff, text: str, clock: Path, jump: str) -> Row:
    def asked(number: int) -> Ask:
        """One in ten asks a service that answers too late."""
        if number % 10:
            return _bearing(f"{jump}-{number}", text)
        return Ask(id=f"late-{number}", path=f"/v1/other/late-{number}", kind="late")

    def fault() -> None:
        clock.write_text(jump, encoding="ascii")

    def mend() -> None:
        clock.write_text("+0", encoding="ascii")

    load = site.load(bff, make=asked, judge=judge)
    acts = await site.acts(bff, load, fault=fault, mend=mend)
    late = acts.faulty.of("late").latency
    others = acts.faulty.where(lambda it: it.kind != "late")
    early = acts.faulty.of("late").where(
        lambda it: not it.is_good or it.took_s < 0.9 * DEADLINE_MS / 1000
    )
    checks = [
        counted("lost", acts.faulty.count(Outcome.LOST)),
        counted("failed of those in time", len(others.bad)),
        counted("late ones that were not a 504, in time", len(early)),
        at_most("a 504 beyond the deadline", late.max_ms - DEADLINE_MS, OVERSHOOT_MS, unit="ms"),
    ]
    return site.row_of(acts, checks, variant=f"our own clock jumps {jump} s, and back")


def judge(ask: Ask, answer: Answer | None) -> Verdict:
    """What is asked of the late service is well with a 504."""
    verdict = judged(ask, answer)
    if ask.kind == "late" and verdict.why == "504 upstream-timeout":
        return verdict._replace(outcome=Outcome.OK)
    return verdict


def faketime() -> Path:
    """libfaketime. Raises Impossible where there is none."""
    for place in PLACES:
        for found in Path("/").glob(f"{place[1:]}/{FAKETIME}"):
            return found
    raise Impossible("there is no libfaketime (apt install faketime)")


async def _guarded(site: Site, env: dict[str, str] | None = None) -> tuple[DemoKeys, Bff]:
    """A BFF that wants tokens, beside a service that answers too late."""
    small, late = await site.replicas(2)
    await late.behave(Behaviour(delay_ms=LATE_MS))
    keys = demo_keys(site.folder / "keys")
    more = ISSUERS.format(issuer=ISSUER, audience=AUDIENCE, keys=keys.jwks)
    arguments = ("--set", "breaker.calls=0", "--set", f"calls.deadline_ms={DEADLINE_MS}")
    services = {ECHO: small.address, OTHER: late.address}
    bff = await site.bff(services, more=more, access=SIGNED_IN, arguments=arguments, env=env)
    return keys, bff


def _token(keys: DemoKeys, times: dict[str, float]) -> str:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": WHO, **times}
    headers = {"typ": "at+jwt", "kid": keys.key_id}
    return jwt.encode(claims, keys.private, algorithm="ES256", headers=headers)


def _bearing(name: str, text: str) -> Ask:
    return Ask(
        id=name,
        path=f"/v1/echo/{name}",
        identity=WHO,  # the header says the same as the token
        headers={"Authorization": f"Bearer {text}"},
        kind="token",
    )


SCENARIOS = (
    Scenario(
        id="F21a",
        title="clock skew",
        promise="+-30 s: 0 refused; more: 401 and a metric",
        run=skewed,
    ),
    Scenario(
        id="F21b",
        title="clock",
        promise="deadlines unaffected by a jump of an hour",
        run=jumping,
    ),
)

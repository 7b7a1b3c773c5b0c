"""From the Authorization header to an Identity, and how often that costs a signature or a fetch."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bff.guard.outbound import Unreachable
from bff.guard.tokens.bearer import BearerIdentity
from bff.guard.tokens.key_source import Fetch
from bff.terms.context import NOBODY, Identity, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import BadInput, Refused, ServiceSilent
from bff.terms.events import Event, TokenMistimed
from bff.terms.mistakes import ContractMistake
from tests.guard import forge
from tests.guard.forge import ISSUER, NOW_S, ec_key, good_set, jwk, key_set, token

ADA = Identity("ada", ISSUER)
CONTEXT = RequestContext(request_id="r-1", deadline=Deadline(1e12))


class World:
    """Clocks and key sets, by source. `sources` says what each gives; `asked` what was read."""

    def __init__(self, **sources: bytes) -> None:
        self.sources = sources or {"keys.json": good_set()}
        self.asked: list[str] = []
        self.wall_s = float(NOW_S)
        self.clock_s = 1_000.0

    def fetch(self, source: str) -> Fetch:
        async def read() -> bytes:
            self.asked.append(source)
            if source not in self.sources:
                raise Unreachable("not there")
            return self.sources[source]

        return read

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()

    @asynccontextmanager
    async def guard(self, *issuers: Any, **more: Any) -> AsyncIterator[BearerIdentity]:
        bearer = BearerIdentity(
            issuers or (forge.options(),),
            clock=lambda: self.clock_s,
            wall=lambda: self.wall_s,
            sleep=self.sleep,
            fetch=self.fetch,
            **more,
        )
        await bearer.start()
        try:
            yield bearer
        finally:
            await bearer.stop()


async def who(bearer: BearerIdentity, text: str, context: RequestContext = CONTEXT) -> Identity:
    return (await bearer.identify(context, [f"Bearer {text}"])).identity


async def test_a_good_token_gives_the_context_its_identity_and_changes_nothing_else() -> None:
    async with World().guard() as bearer:
        found = await bearer.identify(CONTEXT, [f"Bearer {token()}"])
    expected = RequestContext(request_id="r-1", deadline=Deadline(1e12), identity=ADA)
    assert expected == found


async def test_row_86_without_credentials_the_context_stays_nobodys() -> None:
    async with World().guard() as bearer:
        assert NOBODY is (await bearer.identify(CONTEXT, [])).identity


async def test_row_86_two_authorization_headers_are_bad_input() -> None:
    async with World().guard() as bearer:
        with pytest.raises(BadInput):
            await bearer.identify(CONTEXT, [f"Bearer {token()}"] * 2)


async def test_a_proved_token_is_not_proved_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time, no signature is checked: a verifier that refuses all is not even asked."""
    text = token()
    async with World().guard() as bearer:
        await who(bearer, text)
        monkeypatch.setattr("bff.guard.tokens.jwks.Key.verifies", lambda *_, **__: False)
        assert ADA == await who(bearer, text)
        with pytest.raises(Refused):
            await who(bearer, token(claims={"x": 1}))


async def test_a_proved_token_is_forgotten_when_it_expires() -> None:
    world = World()
    text = token()
    async with world.guard() as bearer:
        await who(bearer, text)
        world.wall_s += 631
        with pytest.raises(Refused, match="expired"):
            await who(bearer, text)


async def test_a_refusal_is_never_remembered() -> None:
    """A token that comes a minute too early is good a minute later."""
    world = World()
    text = token(claims={"nbf": NOW_S + 60})
    async with world.guard() as bearer:
        with pytest.raises(Refused):
            await who(bearer, text)
        world.wall_s += 60
        assert ADA == await who(bearer, text)


async def test_f20_a_token_of_a_dropped_key_is_refused_although_it_was_proved_before() -> None:
    world = World()
    text = token()
    async with world.guard() as bearer:
        await who(bearer, text)
        world.sources["keys.json"] = key_set(jwk(ec_key("new"), kid="new"))
        world.clock_s += 30
        renewed = token(header={"kid": "new"}, key=ec_key("new"))
        assert ADA == await who(bearer, renewed)
        with pytest.raises(Refused, match="unknown key"):
            await who(bearer, text)


async def test_row_92_bad_tokens_cause_no_fetch_at_all() -> None:
    """Only a token that is good but for its unknown key is worth one."""
    world = World()
    async with world.guard() as bearer:
        world.clock_s += 3_600
        for header in ({"jku": "https://evil.example/k"}, {"kid": "k" * 257}, {"alg": "none"}):
            with pytest.raises(Refused):
                await who(bearer, token(header={"kid": "unknown", **header}))
        for claims in ({"exp": NOW_S - 60}, {"aud": "other"}, {"iss": "https://evil.example"}):
            with pytest.raises(Refused):
                await who(bearer, token(header={"kid": "unknown"}, claims=claims))
    assert ["keys.json"] == world.asked


async def test_row_92_unknown_kids_cause_one_fetch_in_30_s() -> None:
    world = World()
    async with world.guard() as bearer:
        world.clock_s += 30
        for number in range(100):
            with pytest.raises(Refused):
                await who(bearer, token(header={"kid": f"../../{number}"}))
    assert ["keys.json", "keys.json"] == world.asked


async def test_two_issuers_never_lend_each_other_their_keys() -> None:
    other = forge.options(issuer="https://other.example", keys="other.json")
    sources = {"keys.json": good_set(), "other.json": key_set(jwk(ec_key("other"), kid="one"))}
    async with World(**sources).guard(forge.options(), other) as bearer:
        theirs = {"iss": "https://other.example"}
        found = await who(bearer, token(claims=theirs, key=ec_key("other")))
        assert Identity("ada", "https://other.example") == found
        with pytest.raises(Refused, match="signature"):
            await who(bearer, token(claims=theirs))
        with pytest.raises(Refused, match="signature"):
            await who(bearer, token(key=ec_key("other")))


async def test_an_issuer_without_keys_is_a_problem_and_no_reason_to_refuse_the_other() -> None:
    other = forge.options(issuer="https://other.example", keys="missing.json")
    async with World().guard(forge.options(), other) as bearer:
        problems = ("issuer https://other.example: no keys; the log says why",)
        assert problems == bearer.problems()
        assert ADA == await who(bearer, token())
        with pytest.raises(ServiceSilent):
            await who(bearer, token(claims={"iss": "https://other.example"}))


async def test_f21_a_jump_of_the_wall_clock_moves_no_refresh_and_no_deadline() -> None:
    """An hour forward and back: no key is asked for again, and a good token is good again."""
    world = World()
    async with world.guard() as bearer:
        world.wall_s += 3_600
        with pytest.raises(Refused):
            await who(bearer, token())
        world.wall_s -= 3_600
        assert ADA == await who(bearer, token())
    assert ["keys.json"] == world.asked


async def test_f21_how_long_a_token_lasts_is_counted_from_its_proof_by_a_clock_without_jumps() -> (
    None
):
    """A stream ends at `exp`, leeway included, wherever the clock on the wall has gone since."""
    world, text = World(), token()
    async with world.guard() as bearer:
        proved = await who(bearer, text)
        world.wall_s -= 3_600
        world.clock_s += 10
        again = await who(bearer, text)
    assert (1_630.0, 1_630.0) == (proved.until_s, again.until_s)


class Told:
    """A guard, and what it says of tokens at wrong times."""

    def __init__(self, bearer: BearerIdentity, events: list[Event]) -> None:
        self._bearer, self._events = bearer, events

    async def of(self, text: str) -> list[Event]:
        self._events.clear()
        with pytest.raises(Refused):
            await who(self._bearer, text)
        return [*self._events]


@asynccontextmanager
async def listening(world: World) -> AsyncIterator[Told]:
    events: list[Event] = []
    async with world.guard(emit=events.append) as bearer:
        yield Told(bearer, events)


@pytest.mark.parametrize(
    ("claims", "state", "off_s"),
    [
        ({"iat": NOW_S + 31}, "early", 31.0),
        ({"iat": NOW_S + 300, "nbf": NOW_S + 60}, "early", 300.0),
        ({"nbf": NOW_S + 300, "exp": NOW_S + 86_500}, "early", 300.0),
        ({"exp": NOW_S - 31}, "late", 31.0),
    ],
)
async def test_f21_a_token_of_a_skewed_clock_is_told_with_how_far_off(
    claims: dict[str, int], state: str, off_s: float
) -> None:
    async with listening(World()) as told:
        loud = state == "early"
        assert [TokenMistimed(ISSUER, state, off_s, loud)] == await told.of(token(claims=claims))


async def test_f21_an_early_token_is_told_loudly_once_a_minute() -> None:
    world, loud = World(), list[bool]()
    async with listening(world) as told:
        for pause_s in (0, 1, 58, 1, 59, 1):
            world.clock_s += pause_s
            [event] = await told.of(token(claims={"iat": NOW_S + 300}))
            assert isinstance(event, TokenMistimed)
            loud.append(event.loud)
    assert [True, False, False, True, False, True] == loud


@pytest.mark.parametrize(
    "text",
    [
        token(claims={"iat": NOW_S + 300}, key=ec_key("a stranger's")),
        token(claims={"iat": NOW_S + 300}, header={"kid": "unknown"}),
        token(claims={"iat": NOW_S + 300, "sub": ""}),
        token(claims={"nbf": NOW_S + 300, "exp": NOW_S - 300}),
        token(claims={"sub": ""}),
    ],
    ids=["forged", "unknown key", "no subject", "never good", "not its times"],
)
async def test_who_is_no_issuer_of_ours_rings_no_alarm(text: str) -> None:
    """Or a stranger could wake an operator; nor does it cost a fetch."""
    world = World()
    async with listening(world) as told:
        world.clock_s += 3_600
        assert ([], ["keys.json"]) == (await told.of(text), world.asked)


async def test_the_memory_of_proved_tokens_is_bounded() -> None:
    async with World().guard(remembered=3) as bearer:
        for number in range(10):
            await who(bearer, token(claims={"jti": str(number)}))
        assert "<ProvedTokens 3 of 3>" in repr(bearer)


async def test_start_and_stop_leave_no_task() -> None:
    before = asyncio.all_tasks()
    async with World().guard():
        assert before != asyncio.all_tasks()
    assert before == asyncio.all_tasks()


def test_two_issuers_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ContractMistake, match="same name"):
        BearerIdentity([forge.options(), forge.options(audience="other")])

"""F12: one of three replicas answers well-formed and old, while the others have gone on.

What can be promised   each answer is its own reader's; an ETag stands for one answer, so that a 304
                       never confirms an edition that the reader does not have
What can't             that it is the newest: a reader may see the new one, then the old one again
Called by network.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.behaviour import Behaviour
from tests.faults.oracle import Answer, Ask, Outcome, Verdict, judged
from tests.faults.row import Row, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site

DOCUMENTS = 20
OLD, NEW = 1, 2


@dataclass(slots=True, eq=False)
class Readers:
    """Each document has one, who comes back with the ETag that was told last.

    bodies  (document, ETag) -> the answer that it stands for
    """

    bodies: dict[tuple[str, str], bytes] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    def asked(self, number: int) -> Ask:
        name = f"d-{number % DOCUMENTS}"
        tag = self.last.get(name) if number // DOCUMENTS % 2 else None
        headers = {"If-None-Match": tag} if tag else {}
        return Ask(id=name, path=f"/v1/echo/{name}", identity=f"u-{name}", headers=headers)

    def judge(self, ask: Ask, answer: Answer | None) -> Verdict:
        """
        >>> said = b'{"id":"d-1","identity":"u-d-1","number":1}'
        >>> readers, ask = Readers(), Readers().asked(1)
        >>> [readers.judge(ask, Answer(200, {"etag": "a"}, it)).why for it in (said, said + b" ")]
        ['edition 1', 'one ETag for two answers']
        """
        if answer is not None and answer.status == 304:
            is_own = answer.headers.get("etag") == ask.headers.get("If-None-Match")
            return Verdict(Outcome.OK if is_own else Outcome.WRONG, "304")
        verdict = judged(ask, answer)
        if verdict.outcome is not Outcome.OK or answer is None:
            return verdict
        tag = answer.headers.get("etag", "")
        if self.bodies.setdefault((ask.id, tag), answer.body) != answer.body:
            return Verdict(Outcome.WRONG, "one ETag for two answers")
        self.last[ask.id] = tag
        return verdict._replace(why=f"edition {answer.json()['number']}")


async def always_stale(site: Site) -> Sequence[Row]:
    members, bff = await site.three()
    readers = Readers()

    async def edition(number: int, *, first: int) -> None:
        for one in members[first:]:
            await one.behave(Behaviour(edition=number))

    await edition(OLD, first=0)
    acts = await site.acts(
        bff,
        site.load(bff, make=readers.asked, judge=readers.judge),
        fault=lambda: edition(NEW, first=1),
        mend=lambda: edition(NEW, first=0),
    )
    told = acts.during.whys
    old, confirmed = told[f"edition {OLD}"], told["304"]
    checks = [
        counted("failed", len(acts.faulty.bad)),
        counted("documents whose two editions share an ETag", readers_sharing(readers)),
    ]
    note = f"{old} old answers, {told[f'edition {NEW}']} new ones and {confirmed} x 304 meanwhile"
    variant = "1 of 3 is always stale"
    return [site.row_of(acts, checks, variant=variant, notes=[note])]


def readers_sharing(readers: Readers) -> int:
    """Documents for which fewer ETags than answers were told."""
    answers = {(name, body) for (name, _), body in readers.bodies.items()}
    return len(answers) - len(readers.bodies)


SCENARIOS = (
    Scenario(
        id="F12c",
        title="bad replica",
        promise="own answers, an ETag for each; that the newest comes can't be promised",
        run=always_stale,
    ),
)

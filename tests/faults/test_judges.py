"""What the loads of F12, F19, F21 and F28 ask, and how their answers are judged."""

import json
from collections import Counter

import pytest

from tests.faults.oracle import Answer, Ask, Outcome
from tests.faults.scenarios import clocks, soak, stale
from tests.faults.store import AGAIN, DONE_AGAIN, Household, judge

OF_A_KIND = 5
HOME = Household(None, None, None, ["s=1", "s=2", "s=3"])  # type: ignore[arg-type]  # asks need neither


def said(status: int = 200, **members: object) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(members).encode())


def refused(status: int, slug: str) -> Answer:
    told = {"type": f"https://grpc-bff.dev/problems/{slug}", "status": status}
    return Answer(status, {"content-type": "application/problem+json"}, json.dumps(told).encode())


def ask(kind: str) -> Ask:
    return next(it for it in map(HOME.asked, range(OF_A_KIND)) if it.kind == kind)


@pytest.mark.parametrize(
    ("expected", "kind", "answer"),
    [
        ((Outcome.OK, ""), "open", said(id="o-0", identity="u-0")),
        ((Outcome.OK, ""), "session", said(id="s-1-bob", identity="bob")),
        ((Outcome.WRONG, "s-1-bob for ada"), "session", said(id="s-1-bob", identity="ada")),
        ((Outcome.OK, ""), "kept", said(name="k-2")),
        ((Outcome.WRONG, "kept: k-3"), "kept", said(name="k-3")),
        ((Outcome.OK, ""), "write", said(id="w-0-0", identity="u-0", attempt=1)),
        ((Outcome.OK, DONE_AGAIN), "write", said(id="w-0-0", identity="u-0", attempt=2)),
        ((Outcome.OK, "429 rate-limited"), "tight", refused(429, "rate-limited")),
        ((Outcome.CLEAN, "429 rate-limited"), "open", refused(429, "rate-limited")),
    ],
)
def test_each_use_of_the_store_has_answers_of_its_own(
    expected: tuple[Outcome, str], kind: str, answer: Answer
) -> None:
    assert expected == judge(ask(kind), answer)[:2]


def test_each_key_comes_twice_with_the_same_write() -> None:
    writes = [it for it in map(HOME.asked, range(OF_A_KIND * 4 * AGAIN)) if it.kind == "write"]
    assert {2} == set(Counter(it.id for it in writes).values())
    assert 2 * AGAIN == len({(it.id, it.identity, it.body) for it in writes})


def test_a_reader_comes_back_with_the_etag_that_it_was_told_last() -> None:
    """And a 304 is right for that one alone."""
    readers = stale.Readers()
    first = readers.asked(0)
    readers.judge(first, Answer(200, {"etag": "a"}, b'{"id":"d-0","identity":"u-d-0","number":1}'))
    again = readers.asked(stale.DOCUMENTS)
    assert {"If-None-Match": "a"} == again.headers
    for outcome, tag in ((Outcome.OK, "a"), (Outcome.WRONG, "b")):
        assert outcome is readers.judge(again, Answer(304, {"etag": tag}, b"")).outcome


def test_one_etag_for_two_answers_is_wrong() -> None:
    readers = stale.Readers()
    told = [b'{"id":"d-1","identity":"u-d-1","number":%d}' % it for it in (1, 2)]
    outcomes = [readers.judge(readers.asked(1), Answer(200, {"etag": "a"}, it))[0] for it in told]
    assert [Outcome.OK, Outcome.WRONG] == outcomes


def test_a_504_is_what_the_late_service_is_asked_for() -> None:
    late, answer = Ask(id="1", path="/", kind="late"), refused(504, "upstream-timeout")
    assert Outcome.OK is clocks.judge(late, answer).outcome
    assert Outcome.CLEAN is clocks.judge(Ask(id="1", path="/"), answer).outcome


def test_a_soak_asks_what_there_is_and_a_stream_now_and_then() -> None:
    with_store = {soak.asked(it, HOME).kind for it in range(1, 10)}
    without = {soak.asked(it, None).kind for it in range(1, 10)}
    assert ({"open", "session", "kept", "write", "tight"}, {""}) == (with_store, without)
    assert "stream" == soak.asked(0, None).kind

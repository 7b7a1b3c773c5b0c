"""Who is counted for what, what it costs, and what clients are told."""

from collections.abc import Mapping
from typing import Any

import pytest

from bff.compose.endpoint import Conversation, Endpoint
from bff.guard.limits.options import QuotaOptions, RateLimitOptions
from bff.guard.limits.payer import address_key, identity_key
from bff.guard.limits.quotas import Headers, Limits
from bff.stores.meters import MemoryMeters
from bff.terms.context import NOBODY, Identity, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import Refused
from bff.terms.events import Event, RateLimited
from bff.terms.mistakes import ContractMistake, ContractMistakes
from tests.edge.browser import echo
from tests.publish.endpoints import endpoint

ADA = Identity(subject="ada", issuer="https://id.example")
BOB = Identity(subject="bob", issuer="https://id.example")
READ = endpoint("GET", "/v1/todos")
WRITE = endpoint("POST", "/v1/todos", calls=("todos.v1.TodoService/CreateTodo",))
TALK = endpoint(
    "POST", "/v1/talk", calls=("a.B/C", "a.B/D"), converse=Conversation(run=echo, most_frames=None)
)
LOGIN = "/bff/login"
HOME = endpoint("GET", "/web/v1/home", client="web", calls=("a.B/C", "a.B/D", "a.B/E"))


def asked(peer: str = "192.0.2.1", identity: Identity = NOBODY) -> RequestContext:
    return RequestContext("id", Deadline(1.0), identity, peer=peer)


class Gate:
    """Limits over a clock that stands still; `in_` says whether a request was let in."""

    def __init__(
        self, options: Mapping[str, Any] | None = None, **quotas: Mapping[str, Any]
    ) -> None:
        self.now_s = 1_200.0
        self.told: list[Event] = []
        self.limits = Limits(
            RateLimitOptions(**(options or {})),
            {name: QuotaOptions(**one) for name, one in quotas.items()},
            endpoints=(READ, WRITE, HOME, TALK),
            visits=(LOGIN,),
            meters=MemoryMeters(clock=lambda: self.now_s),
            emit=self.told.append,
            chance=lambda: 0.0,
        )

    def headers(self, context: RequestContext, one: Endpoint = READ) -> Headers:
        first, second = self.limits.by_address(context, one), self.limits.by_identity(context, one)
        assert isinstance(first, tuple)
        assert isinstance(second, tuple)
        return (*first, *second)

    def lets_in(self, context: RequestContext, one: Endpoint = READ) -> bool:
        try:
            self.headers(context, one)
        except Refused:
            return False
        return True

    def refusal(self, context: RequestContext, one: Endpoint = READ) -> Refused:
        with pytest.raises(Refused) as caught:
            self.headers(context, one)
        return caught.value


def test_without_a_quota_nobody_is_counted_and_nothing_is_said():
    gate = Gate()
    assert ((), True) == (gate.headers(asked()), gate.limits.at_once)


def test_row_109_one_address_is_counted_whatever_else_a_request_says():
    gate = Gate(all={"limit": 2})
    found = [gate.lets_in(asked(identity=who)) for who in (NOBODY, ADA, BOB)]
    assert [True, True, False] == found
    assert gate.lets_in(asked("192.0.2.2"))


def test_row_109_a_network_of_ipv6_is_one_address():
    gate = Gate(all={"limit": 2})
    peers = ("2001:db8::1", "2001:db8::ffff:2", "2001:db8::3", "2001:db8:0:1::1")
    assert [True, True, False, True] == [gate.lets_in(asked(peer)) for peer in peers]


@pytest.mark.parametrize(
    "peer, key",
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("a unix socket", "a unix socket"),
    ],
)
def test_an_address_has_one_key(peer, key):
    assert key == address_key(peer)


def test_a_name_of_any_length_has_a_short_key_of_its_own():
    long, longer = (Identity(subject="x" * length) for length in (5_000, 5_001))
    keys = {identity_key(one) for one in (ADA, BOB, long, longer)}
    assert 4 == len(keys)
    assert max(map(len, keys)) <= 64


def test_an_account_is_counted_wherever_it_calls_from():
    gate = Gate(mine={"limit": 2, "per": "identity"})
    found = [gate.lets_in(asked(f"192.0.2.{number}", ADA)) for number in range(3)]
    assert [True, True, False] == found
    assert gate.lets_in(asked("192.0.2.0", BOB))


def test_nobody_pays_with_the_address():
    gate = Gate(mine={"limit": 1, "per": "identity"})
    assert [True, False] == [gate.lets_in(asked()), gate.lets_in(asked())]
    assert gate.lets_in(asked(identity=ADA))
    assert gate.lets_in(asked("192.0.2.2"))


def test_all_who_use_a_client_share_its_quota():
    gate = Gate(app={"limit": 2, "per": "client", "counts": "requests"})
    found = [gate.lets_in(asked(f"192.0.2.{number}")) for number in range(3)]
    assert [True, True, False] == found
    assert gate.lets_in(asked(), HOME)


def test_row_119_a_request_counts_as_many_as_the_calls_that_it_may_make():
    gate = Gate(all={"limit": 7})
    assert [True, True, False] == [gate.lets_in(asked(), HOME) for _ in range(3)]
    assert gate.lets_in(asked(), READ)


def test_a_quota_may_count_requests_instead():
    gate = Gate(all={"limit": 3, "counts": "requests"})
    assert [True, True, True, False] == [gate.lets_in(asked(), HOME) for _ in range(4)]


def test_a_request_that_costs_more_than_a_quota_takes_all_of_it():
    """It would never be served otherwise."""
    gate = Gate(all={"limit": 2})
    assert [True, False] == [gate.lets_in(asked(), HOME) for _ in range(2)]


@pytest.mark.parametrize(
    "chosen",
    [
        {"endpoints": ("todos.v1.TodoService/CreateTodo",)},
        {"endpoints": ("todos.v1.TodoService/Cr*",)},
        {"endpoints": (WRITE.name,)},
    ],
)
def test_a_quota_may_be_for_some_endpoints(chosen):
    gate = Gate(writes={"limit": 1, **chosen})
    assert [True, False] == [gate.lets_in(asked(), WRITE) for _ in range(2)]
    assert [True, True] == [gate.lets_in(asked(), READ) for _ in range(2)]


def test_a_quota_may_be_for_some_clients():
    gate = Gate(web={"limit": 3, "clients": ("web",)})
    assert [True, False] == [gate.lets_in(asked(), HOME) for _ in range(2)]
    assert ((), True) == (gate.headers(asked(), READ), gate.lets_in(asked(), READ))


def test_each_endpoint_may_have_the_whole_quota():
    shared, apart = Gate(all={"limit": 1}), Gate(all={"limit": 1, "each_endpoint": True})
    for gate in (shared, apart):
        assert gate.lets_in(asked(), READ)
    assert [False, True] == [gate.lets_in(asked(), WRITE) for gate in (shared, apart)]


def test_every_answer_says_what_is_left_of_each_quota():
    """draft-ietf-httpapi-ratelimit-headers-11."""
    gate = Gate(burst={"limit": 10, "window_s": 5}, daily={"limit": 1000, "window_s": 86400})
    assert (
        (b"ratelimit-policy", b'"burst";q=10;w=5,"daily";q=1000;w=86400'),
        (b"ratelimit", b'"burst";r=9;t=1,"daily";r=999;t=87'),
    ) == gate.headers(asked())


def test_those_by_address_and_those_by_identity_are_told_in_headers_of_their_own():
    gate = Gate(here={"limit": 10}, mine={"limit": 20, "per": "identity"})
    told = [value for name, value in gate.headers(asked(identity=ADA)) if name == b"ratelimit"]
    assert [b'"here";r=9;t=6', b'"mine";r=19;t=3'] == told


def test_the_headers_can_be_turned_off():
    gate = Gate({"headers": False}, all={"limit": 1})
    assert ((), ()) == (gate.headers(asked()), gate.refusal(asked()).headers)


def test_a_switch_adds_the_old_headers_once_for_the_quota_that_is_used_up_first():
    quotas = {"here": {"limit": 9}, "mine": {"limit": 5, "per": "identity"}, "more": {"limit": 2}}
    gate = Gate({"legacy_headers": True}, **quotas)
    old = [pair for pair in gate.headers(asked(identity=ADA)) if pair[0].startswith(b"x-")]
    assert [
        (b"x-ratelimit-limit", b"5"),
        (b"x-ratelimit-remaining", b"4"),
        (b"x-ratelimit-reset", b"12"),
    ] == old
    gate.headers(asked(identity=ADA))
    refused = dict(gate.refusal(asked(identity=ADA)).headers)
    assert b'"here";r=7;t=14,"more";r=0;t=30' == refused[b"ratelimit"]


def test_a_refusal_says_when_to_come_back_and_what_is_used_up():
    gate = Gate(all={"limit": 6})
    for _ in range(6):
        gate.headers(asked())
    refused = gate.refusal(asked())
    assert ("rate-limited", 10.0) == (refused.reason, round(refused.retry_after_s or 0, 3))
    assert "Too many requests: come back in 10 s." == refused.detail
    assert b'"all";r=0;t=10' == dict(refused.headers)[b"ratelimit"]
    assert [RateLimited("all", READ.name)] == gate.told
    gate.now_s += 10.0
    assert gate.lets_in(asked())


def test_who_is_refused_together_is_told_to_come_back_apart_and_never_too_early():
    gate = Gate(all={"limit": 1})
    gate.headers(asked())
    early = gate.refusal(asked()).retry_after_s or 0.0
    gate.limits._chance = lambda: 1.0
    late = gate.refusal(asked()).retry_after_s or 0.0
    assert (60.0, 66.0) == (round(early, 3), round(late, 3))


@pytest.mark.parametrize(
    "quotas, mistakes",
    [
        (
            {"x": {"limit": 1, "endpoints": ("todos.v1.TodoService/Nope",)}},
            {'quotas."x".endpoints'},
        ),
        ({"x": {"limit": 1, "clients": ("tv",)}}, {'quotas."x".clients'}),
        ({"Not a name": {"limit": 1}}, {'quotas."Not a name"'}),
    ],
)
def test_what_is_not_there_cannot_be_limited(quotas, mistakes):
    with pytest.raises(ExceptionGroup) as caught:
        Gate(**quotas)
    found = caught.value.exceptions
    assert mistakes == {one.where for one in found if isinstance(one, ContractMistake)}
    assert isinstance(caught.value, ContractMistakes)


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0},
        {"limit": 1, "window_s": 0},
        {"limit": 1, "burst": 2},
        {"limit": 5, "burst": 2, "algorithm": "fixed"},
    ],
)
def test_a_quota_that_no_rule_can_keep_is_a_mistake(wrong):
    with pytest.raises(ContractMistake):
        QuotaOptions(**wrong)

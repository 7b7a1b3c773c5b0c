"""Quotas of what is no request to an endpoint: visits of our own pages, and further messages."""

import re

import pytest

from bff.guard.limits.quotas import Headers
from bff.stores.store import Soon
from bff.terms.errors import Refused
from bff.terms.events import RateLimited
from tests.guard.test_rate_limit import ADA, HOME, LOGIN, READ, TALK, Gate, asked


def said(ask: Soon[Headers]) -> dict[str, int]:
    """What is left of each quota that counted it."""
    assert isinstance(ask, tuple)
    text = dict(ask).get(b"ratelimit", b"").decode()
    return {name: int(left) for name, left in re.findall(r'"(\w+)";r=(\d+)', text)}


def test_row_109_a_visit_of_what_is_no_endpoint_pays_with_the_address():
    """It is a stranger's: a quota of accounts counts it for the address, as it does requests."""
    gate = Gate(here={"limit": 9}, mine={"limit": 5, "per": "identity"})
    assert {"here": 8, "mine": 4} == said(gate.limits.by_visit(LOGIN, "192.0.2.1"))
    assert {"here": 7} == said(gate.limits.by_address(asked(), READ))
    assert {"mine": 3} == said(gate.limits.by_identity(asked(), READ))
    assert {} == said(gate.limits.by_visit("/livez", "192.0.2.1"))


@pytest.mark.parametrize(
    ("quota", "counted"),
    [
        ({}, True),
        ({"endpoints": (LOGIN,)}, True),
        ({"endpoints": ("/bff/*",)}, True),
        ({"endpoints": (READ.name,)}, False),
        ({"clients": ("api",)}, False),
        ({"per": "client"}, False),
    ],
)
def test_a_visit_is_nobodys_api_and_is_called_by_its_path(quota, counted):
    gate = Gate(one={"limit": 9, **quota})
    assert counted == bool(said(gate.limits.by_visit(LOGIN, "192.0.2.1")))


def test_row_109_a_further_message_of_a_conversation_pays_one_of_every_quota():
    gate = Gate(here={"limit": 9}, mine={"limit": 5, "per": "identity"})
    adas = asked(identity=ADA)
    gate.headers(adas, TALK)  # the handshake: two calls
    assert {"here": 6, "mine": 2} == said(gate.limits.by_message(adas, TALK))
    assert {"here": 5, "mine": 1} == said(gate.limits.by_message(adas, TALK))
    assert {"here": 4, "mine": 0} == said(gate.limits.by_message(adas, TALK))
    with pytest.raises(Refused):
        gate.limits.by_message(adas, TALK)
    assert [RateLimited("mine", TALK.name)] == gate.told


def test_what_no_quota_counts_need_not_ask():
    gate = Gate(home={"limit": 9, "endpoints": (HOME.name,)})
    assert [True, False] == [gate.limits.counts(one) for one in (HOME, READ)]

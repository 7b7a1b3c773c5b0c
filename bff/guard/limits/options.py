"""What the operator says of rate limits: quotas by name, and what clients are told of them.

Called by settings.py, quotas.py.
Never     limits anything by itself: without a quota nothing is counted.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from bff.stores.quota import Algorithm
from bff.terms.mistakes import ContractMistake

Per = Literal["address", "identity", "client"]
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LONGEST_WINDOW_S = 31 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitOptions:
    """headers         RateLimit and RateLimit-Policy on every answer that a quota counts
    legacy_headers  X-RateLimit-Limit, -Remaining and -Reset beside them
    max_keys        how many addresses and identities are counted at most in this process
    wait_ms         how long a request waits for a shared store, before it is counted here
    """

    headers: bool = True
    legacy_headers: bool = False
    max_keys: int = 65_536
    wait_ms: int = 50

    def __post_init__(self) -> None:
        """Raises ContractMistake for what would count nobody."""
        if self.max_keys < 2 or self.wait_ms < 1:
            what = "max_keys must be at least 2, and wait_ms at least 1"
            raise ContractMistake(what, where="rate_limits")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaOptions:
    """At most `limit` in `window_s` for each address, identity or client.

    per            whom it counts: "client" is all who use one client's API together
    algorithm      as stores/quota.py has them
    burst          how many of them at once (gcra); 0: all
    counts         "calls": a request counts as many as the rpcs that it may make; "requests": one
    clients        only endpoints of these clients, () for all
    endpoints      only these: "mobile_dashboard", "pkg.Service/Method", "pkg.Service/*"; () for all
    each_endpoint  each endpoint has the whole quota
    """

    limit: int
    window_s: int = 60
    per: Per = "address"
    algorithm: Algorithm = "gcra"
    burst: int = 0
    counts: Literal["calls", "requests"] = "calls"
    clients: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    each_endpoint: bool = False

    def __post_init__(self) -> None:
        """Raises ContractMistake for numbers that no rule can keep."""
        if self.limit < 1 or not 1 <= self.window_s <= _LONGEST_WINDOW_S:
            what = f"limit must be at least 1, and window_s between 1 and {_LONGEST_WINDOW_S}"
            raise ContractMistake(what, where="quotas")
        if self.burst and (self.algorithm != "gcra" or not 1 <= self.burst <= self.limit):
            what = 'burst is for "gcra", and between 1 and limit'
            raise ContractMistake(what, where="quotas")


def check_names(
    quotas: Mapping[str, QuotaOptions], *, endpoints: Iterable[str], clients: Iterable[str]
) -> list[ContractMistake]:
    """Whatever a quota names that is not there.

    endpoints  names, and names of rpcs
    """
    known, served, mistakes = list(endpoints), set(clients), list[ContractMistake]()
    for name, quota in quotas.items():
        where = f'quotas."{name}"'
        if _NAME.fullmatch(name) is None:
            what = "a quota's name has up to 40 of a-z, 0-9, - and _, a letter first"
            mistakes.append(ContractMistake(what, where=where))
        for wanted in quota.endpoints:
            if not any(is_named(wanted, one) for one in known):
                what = f"nothing is served that is called {wanted}"
                mistakes.append(ContractMistake(what, where=f"{where}.endpoints"))
        for wanted in set(quota.clients) - served:
            what = f"no client is called {wanted}; there are {', '.join(sorted(served))}"
            mistakes.append(ContractMistake(what, where=f"{where}.clients"))
    return mistakes


def is_named(wanted: str, name: str) -> bool:
    """Whether a setting means that name; a `*` at its end stands for anything.

    >>> is_named("todos.v1.TodoService/*", "todos.v1.TodoService/GetTodo"), is_named("a", "ab")
    (True, False)
    """
    if wanted.endswith("*"):
        return name.startswith(wanted[:-1])
    return name == wanted

"""The knobs that make one rpc slow, failing, frozen or talking rubbish.

Why       How a BFF behaves when a service is ill is seen only when a service can be made ill.
Called by fake_services/doors.py before every call; set by control.py and by tests.
Never     outlives its process; never touches an rpc that nobody named.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from random import Random

import grpc

from fake_services.refusal import Refusal

Sleep = Callable[[float], Awaitable[None]]


class UnknownMethod(LookupError):
    """No rpc of that name; the message lists names near it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What befalls every `every`-th call of an rpc; the knobs work in this order."""

    delay_ms: int = 0
    jitter_ms: int = 0
    freeze: bool = False
    status: str = ""
    garbage: bool = False
    every: int = 1

    def __post_init__(self) -> None:
        if min(self.delay_ms, self.jitter_ms) < 0 or self.every < 1:
            raise ValueError("delay and jitter must be 0 or more, and every 1 or more")
        if self.status and self.status not in grpc.StatusCode.__members__:
            names = ", ".join(name for name in grpc.StatusCode.__members__ if name != "OK")
            raise ValueError(f"{self.status!r} is not a status; known are {names}")
        if self.status == "OK":
            raise ValueError("OK is not a fault; use clear")

    def __str__(self) -> str:
        shown = {key: value for key, value in asdict(self).items() if value and key != "every"}
        often = f" on one call of {self.every}" if self.every > 1 else ""
        return (", ".join(f"{key} {value}" for key, value in shown.items()) or "nothing") + often


@dataclass(slots=True)
class _Standing:
    fault: Fault
    calls: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)


class Faults:
    """The faults that are set now, by rpc (`pkg.Service/Method`)."""

    def __init__(
        self,
        methods: Iterable[str],
        *,
        sleep: Sleep = asyncio.sleep,
        random: Random | None = None,
    ) -> None:
        self._methods = sorted(methods)
        self._sleep, self._random = sleep, random or Random(0)
        self._standing: dict[str, _Standing] = {}

    def __repr__(self) -> str:
        return f"<Faults {self.now()}>"

    def now(self) -> dict[str, Fault]:
        """The faults that are set, sorted by rpc."""
        return {method: self._standing[method].fault for method in sorted(self._standing)}

    def set(
        self,
        method: str,
        *,
        delay_ms: int = 0,
        jitter_ms: int = 0,
        freeze: bool = False,
        status: str = "",
        garbage: bool = False,
        every: int = 1,
    ) -> list[str]:
        """Set one rpc's fault, or all of a service's with `pkg.Service/*`; replaces the one before.

        returns  the rpcs that it was set for
        Raises   UnknownMethod; ValueError for a knob that makes no sense
        """
        fault = Fault(
            delay_ms=delay_ms,
            jitter_ms=jitter_ms,
            freeze=freeze,
            status=status,
            garbage=garbage,
            every=every,
        )
        named = self.clear(method)
        self._standing |= {name: _Standing(fault) for name in named}
        return named

    def clear(self, method: str = "") -> list[str]:
        """Mend one rpc, a service's with `pkg.Service/*`, or all; frozen calls go on."""
        named = matching(method, self._methods) if method else self._methods
        for name in named:
            if standing := self._standing.pop(name, None):
                standing.released.set()
        return named

    async def strike(self, method: str) -> bool:
        """Let the rpc's fault befall this call.  True when the reply must be garbage.

        Raises  Refusal when the fault is a status
        """
        standing = self._standing.get(method)
        if standing is None:
            return False
        standing.calls += 1
        fault = standing.fault
        if standing.calls % fault.every:
            return False
        if fault.delay_ms or fault.jitter_ms:
            jitter_ms = self._random.uniform(0, fault.jitter_ms)
            await self._sleep((fault.delay_ms + jitter_ms) / 1000)
        if fault.freeze:
            await standing.released.wait()
        if fault.status:
            # The canary shows whether a service's own words ever reach a client in a 5xx.
            sentence = f"CANARY-service-text: {method} was told to fail"
            raise Refusal(grpc.StatusCode[fault.status], sentence)
        return fault.garbage


def matching(pattern: str, methods: Iterable[str]) -> list[str]:
    """The rpcs that `pkg.Service/Method` or `pkg.Service/*` names.

    Raises  UnknownMethod, with names near it

    >>> matching("a.B/*", ["a.B/Get", "a.B/List", "a.C/Get"])
    ['a.B/Get', 'a.B/List']
    """
    known = sorted(methods)
    if pattern.endswith("/*"):
        found = [name for name in known if name.startswith(pattern[:-1])]
    else:
        found = [name for name in known if name == pattern]
    if found:
        return found
    near = near_names(pattern, known)
    hint = "; near it: " + ", ".join(near) if near else "; names look like pkg.Service/Method"
    raise UnknownMethod(f"there is no rpc {pattern!r}{hint}")


def near_names(pattern: str, known: list[str]) -> list[str]:
    """Up to five names that somebody may have meant."""
    lower = {name.lower(): name for name in known}
    wanted = pattern.lower().strip("/*")
    inside = [name for low, name in lower.items() if wanted and wanted in low]
    close = [lower[low] for low in get_close_matches(wanted, list(lower), n=5, cutoff=0.6)]
    return list(dict.fromkeys([*close, *inside]))[:5]

"""What everybody took of their quotas, in this process: so many keys, the oldest forgotten first.

Why       Every request asks, so asking must cost a look-up; and whoever can invent keys (addresses,
          accounts) must not fill our memory with them.
How       Two tables. What is used moves to the young one; when that is full, the old one is
          dropped at once and the young one is old: no list of uses, no sweep, no timer.
Called by app (makes it), guard/limits/quotas.py.
Never     waits: between two requests of one loop nothing can come, so every count is exact.
"""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Protocol

from bff.stores.quota import Charge, State, Verdict, judge, judge_all
from bff.stores.store import Soon


class Meters(Protocol):
    """`waits`: `take` may give something to wait for."""

    @property
    def waits(self) -> bool: ...

    def take(self, charges: Sequence[Charge]) -> Soon[tuple[Verdict, ...]]:
        """Take all charges, or none where one is refused; a verdict for each."""
        ...


class MemoryMeters:
    """most_keys  how many are remembered at most"""

    waits = False

    def __init__(self, *, most_keys: int = 65_536, clock: Callable[[], float] = monotonic) -> None:
        self._most_young = max(1, most_keys // 2)
        self._clock = clock
        self._young: dict[str, State] = {}
        self._old: dict[str, State] = {}

    def __repr__(self) -> str:
        return f"<MemoryMeters: {len(self)} of {2 * self._most_young} keys>"

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())

    def take(self, charges: Sequence[Charge]) -> tuple[Verdict, ...]:
        now_s = self._clock()
        if len(charges) == 1:
            key, quota, cost = charges[0]
            state = self._young.get(key)
            if state is None:
                state = self._old.get(key, ())
            state, verdict = judge(quota, state, cost, now_s=now_s)
            if verdict.allowed:
                self._keep(key, state)
            return (verdict,)
        known = [self._known(key) for key, _, _ in charges]
        states, verdicts = judge_all(charges, known, now_s=now_s)
        for (key, _, _), state in zip(charges, states or (), strict=False):
            self._keep(key, state)
        return verdicts

    def _known(self, key: str) -> State:
        state = self._young.get(key)
        return self._old.get(key, ()) if state is None else state

    def _keep(self, key: str, state: State) -> None:
        self._young[key] = state
        if len(self._young) > self._most_young:
            self._old, self._young = self._young, {}

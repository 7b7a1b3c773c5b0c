"""How often is too often: three rules, as functions of what is known, what is asked, and the time.

Why       "100 a minute" means three things. GCRA lets a burst through and then one at a time, as a
          bucket that leaks; a fixed window counts from the full minute; a sliding one weighs the
          window before by how much of it is still within reach, so that nobody gets twice the
          limit around the full minute.
Called by stores/meters*.py; guard/limits/quotas.py makes the quotas.
Never     reads a clock; counts what was refused: whoever hammers is let in as soon as others.
Source    ITU-T I.371 annex A (GCRA); docs/spec/threats.md "rate-limit bypass".
"""

from collections.abc import Sequence
from math import floor
from typing import Literal, NamedTuple

Algorithm = Literal["gcra", "sliding", "fixed"]
State = tuple[float, ...]
"""gcra: (when all is as if nothing had been taken,); fixed: (the window's start, taken in it);
sliding: the same, and what was taken in the window before. () for nothing taken yet.
"""
SLACK_S = 1e-6
"""The least that Redis's clock can tell, and more than any sum of ours is wrong by."""


class Quota(NamedTuple):
    """At most `limit` in `window_s`, of which `burst` at once (gcra; the others let all at once).

    interval_s  gcra: how long one of them takes to come back
    """

    algorithm: Algorithm
    limit: int
    window_s: float
    burst: int
    interval_s: float

    @classmethod
    def of(cls, algorithm: Algorithm, limit: int, window_s: float, *, burst: int = 0) -> "Quota":
        """burst  0: as many as the limit"""
        return cls(algorithm, limit, window_s, burst or limit, window_s / limit)


class Verdict(NamedTuple):
    """What became of one request.

    remaining      what may be taken at once now
    reset_s        until when nothing of it has come back, or all of it: see docs/rate-limits.md
    retry_after_s  when as much may be taken as was asked for; 0.0 where it was
    """

    allowed: bool
    remaining: int
    reset_s: float
    retry_after_s: float = 0.0


Charge = tuple[str, Quota, int]
"""The key whose quota it is, the quota, and how much of it: never more than its burst."""


def judge(quota: Quota, state: State, cost: int, *, now_s: float) -> tuple[State, Verdict]:
    """What is known afterwards, and the verdict. A refusal leaves the state as it was.

    >>> two = Quota.of("fixed", 2, 10.0)
    >>> state, verdict = judge(two, (), 2, now_s=103.0)
    >>> state, verdict
    ((100.0, 2), Verdict(allowed=True, remaining=0, reset_s=7.0, retry_after_s=0.0))
    >>> judge(two, state, 1, now_s=106.0)[1]
    Verdict(allowed=False, remaining=0, reset_s=4.0, retry_after_s=4.0)
    """
    if quota.algorithm == "gcra":
        return _gcra(quota, state, cost, now_s)
    return _window(quota, state, cost, now_s)


def judge_all(
    charges: Sequence[Charge], states: Sequence[State], *, now_s: float
) -> tuple[list[State] | None, tuple[Verdict, ...]]:
    """All charges or none: who may not have one of them pays for no other.

    states  parallel to `charges`
    returns the states afterwards, None where nothing was taken; the verdicts
    """
    judged = [
        judge(quota, state, cost, now_s=now_s)
        for (_, quota, cost), state in zip(charges, states, strict=True)
    ]
    if all(verdict.allowed for _, verdict in judged):
        return [state for state, _ in judged], tuple(verdict for _, verdict in judged)
    verdicts = (
        judge(quota, state, 0, now_s=now_s)[1] if verdict.allowed else verdict
        for (_, quota, _), state, (_, verdict) in zip(charges, states, judged, strict=True)
    )
    return None, tuple(verdicts)


def _gcra(quota: Quota, state: State, cost: int, now_s: float) -> tuple[State, Verdict]:
    _, _, _, burst, interval_s = quota
    full_s = state[0] if state and state[0] > now_s else now_s
    after_s = full_s + cost * interval_s
    room_s = now_s + burst * interval_s + SLACK_S
    if after_s <= room_s:
        left = int((room_s - after_s) / interval_s)
        return (after_s,), Verdict(True, left, after_s - now_s)
    wait_s = after_s - room_s + SLACK_S
    return state, Verdict(False, int((room_s - full_s) / interval_s), wait_s, wait_s)


def _window(quota: Quota, state: State, cost: int, now_s: float) -> tuple[State, Verdict]:
    limit, window_s = quota.limit, quota.window_s
    start_s = floor(now_s / window_s) * window_s  # as Lua has it, to the last bit
    taken, before = _in_windows(quota, state, start_s)
    end_s = start_s + window_s
    weighed = taken + before * ((end_s - now_s) / window_s)
    if weighed + cost <= limit + SLACK_S:
        kept = (start_s, taken + cost)
        known = (*kept, before) if quota.algorithm == "sliding" else kept
        return known, Verdict(True, int(limit - weighed - cost + SLACK_S), end_s - now_s)
    wait_s = _wait_s(quota, (taken, before, cost), end_s=end_s, now_s=now_s)
    return state, Verdict(False, max(0, int(limit - weighed + SLACK_S)), wait_s, wait_s)


def _in_windows(quota: Quota, state: State, start_s: float) -> tuple[float, float]:
    """What was taken in the window that begins then, and in the one before, where that counts."""
    sliding = quota.algorithm == "sliding"
    if not state or state[0] < start_s - 1.5 * quota.window_s:  # sums of windows are not exact
        return 0, 0
    if state[0] < start_s - 0.5 * quota.window_s:
        return 0, state[1] if sliding else 0
    return state[1], state[2] if sliding else 0


def _wait_s(
    quota: Quota, counted: tuple[float, float, int], *, end_s: float, now_s: float
) -> float:
    """When there is room: in a sliding window, as soon as enough of the window before is gone."""
    taken, before, cost = counted
    window_s, free = quota.window_s, quota.limit - cost
    if quota.algorithm == "sliding":
        if taken <= free:
            return end_s - window_s * (free - taken) / before - now_s
        return end_s - now_s + window_s * (1 - free / taken)
    return end_s - now_s

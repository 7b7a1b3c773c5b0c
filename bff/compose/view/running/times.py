"""How long each step takes, as far as was seen: what a deadline must leave for what follows.

Called by steps.py.
Never     learns from a failure: a service that is down would take the time of those that are not.
"""

from collections.abc import Sequence

_UP, _DOWN = 0.475, 0.025


class Durations:
    """One estimate a step, in seconds, near the 95th percentile; 0 until it was seen.

    followers  by step: those that read it
    """

    def __init__(self, followers: Sequence[frozenset[int]]) -> None:
        self._followers = followers
        self._seen_s = [0.0] * len(followers)

    def __repr__(self) -> str:
        return f"<Durations {[round(one, 4) for one in self._seen_s]}>"

    def observe(self, step: int, elapsed_s: float) -> None:
        """A long one counts nineteen times as much as a short one (an asymmetric mean)."""
        seen_s = self._seen_s[step]
        share = _UP if elapsed_s > seen_s else _DOWN
        self._seen_s[step] = seen_s + share * (elapsed_s - seen_s)

    def after(self, step: int) -> float:
        """Seconds along the longest chain of steps that follow this one."""
        return max(
            (self._seen_s[one] + self.after(one) for one in self._followers[step]), default=0.0
        )

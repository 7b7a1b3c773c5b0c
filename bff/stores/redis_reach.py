"""Is the store there? Stop asking one that is not, find out gently when it is back.

Why       A store that hangs makes every request wait for nothing; one that is asked by all at once
          when it comes back is gone again.
States    reachable -> out, after so many failures in a row -> reachable, after one good PING.
          The PING is nobody's request.
Called by stores/redis_client.py.
Never     counts what the store says, only its silence: an error is an answer.
Source    docs/spec/reliability.md, "Redis/cache down": recovery within 1 s.
"""

from typing import Final, NamedTuple

FAILURES_TO_OUT: Final = 3
_FIRST_PAUSE_S: Final = 0.05
_LONGEST_PAUSE_S: Final = 0.5


class Reach(NamedTuple):
    """`failures` in a row; `out`: nobody asks."""

    failures: int = 0
    out: bool = False


def after_failure(reach: Reach) -> Reach:
    """One more question without an answer.

    >>> after_failure(Reach(failures=1)), after_failure(Reach(failures=2))
    (Reach(failures=2, out=False), Reach(failures=3, out=True))
    """
    failures = reach.failures + 1
    return Reach(failures, out=reach.out or failures >= FAILURES_TO_OUT)


def pause_s(tries: int, *, chance: float) -> float:
    """How long to wait before the next PING, after so many in vain; half of it by chance (0 to 1).

    >>> [pause_s(tries, chance=1.0) for tries in (0, 1, 2, 3, 4, 50)]
    [0.05, 0.1, 0.2, 0.4, 0.5, 0.5]
    """
    longest_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(tries, 10))
    return longest_s * (0.5 + chance / 2)

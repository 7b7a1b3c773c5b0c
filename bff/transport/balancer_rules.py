"""Which of several replicas gets a call, and which must stay out for a while. Pure.

Why       With two or three replicas the usual outlier rules never eject: they ask for five hosts
          and for a hundred calls. Ours compares a replica's last calls with those of the others.
Called by balancer_roster.py, balancer_replica.py, balancer.py.
Never     judges by what a client alone can cause: a tiny deadline, a call given up, an answer of
          NOT_FOUND.
Source    Mitzenmacher, "The power of two choices"; gRFC A50 and its limits
          (docs/spec/reliability.md section 1); docs/spec/reliability.md F12.
"""

from typing import Final

from bff.terms.codes import Code
from bff.terms.errors import Failure, ServiceSaid
from bff.terms.silence import LATE, UNREACHABLE, UNREADABLE

REMEMBERED = 16
"""So many of a replica's last calls count."""
TOO_MANY = 8
"""So many failures among them are one in two."""
PROOF = 4
"""So many calls of the others show that a call can go well."""
PATIENCE_S = 0.5
"""A call that was given less time than this proves nothing by being late."""
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 60.0
JITTER = 0.2
FORGIVEN_S = 120.0
"""A replica that was in for so long starts anew with a short pause."""

_WEIGHT: Final = 0.25
_SLOWER: Final = 2.0
_NOISE_S: Final = 0.02
_LOST_S: Final = 0.05
_AT_ONCE: Final = 0.1
_HALF_LIFE_S: Final = 3.0

_ALL: Final = (1 << REMEMBERED) - 1
_HALF: Final = 0xFF
_LAST: Final = 0xF
_SICK: Final = frozenset({Code.UNKNOWN, Code.INTERNAL, Code.DATA_LOSS})
_ALIVE: Final = frozenset({Code.CANCELLED, Code.RESOURCE_EXHAUSTED})


def two_of(many: int, first: float, second: float) -> tuple[int, int]:
    """Two different places among `many` (2 or more), each as likely as any other.

    first, second  0.0 to just below 1.0, drawn by the caller

    >>> two_of(3, 0.5, 0.9), two_of(3, 0.0, 0.0)
    ((1, 2), (0, 1))
    """
    one = int(first * many)
    other = int(second * (many - 1))
    return one, other + (other >= one)


def latency_after(latency_s: float, elapsed_s: float, *, is_answer: bool) -> float:
    """How long calls take of late, after one more. A single one is never proof of slowness.

    One that was given up would have taken longer, nobody knows how much: it counts for 50 ms at
    least, unless it was given up as good as at once. It never speaks for the replica.

    >>> latency_after(0.0, 0.004, is_answer=True), latency_after(0.004, 0.008, is_answer=True)
    (0.004, 0.005)
    >>> latency_after(0.002, 0.004, is_answer=False), latency_after(0.02, 0.001, is_answer=False)
    (0.014, 0.02)
    >>> is_slower(latency_after(0.002, 9.0, is_answer=True), 0.002)
    False
    """
    if not is_answer:
        lost_s = max(2 * elapsed_s, _LOST_S) if elapsed_s > latency_s * _AT_ONCE else 0.0
        elapsed_s = max(latency_s, lost_s)
    if not latency_s:
        return elapsed_s
    most_s = (latency_s + _NOISE_S) / _WEIGHT
    return latency_s + (min(elapsed_s, most_s) - latency_s) * _WEIGHT


def faded(latency_s: float, age_s: float) -> float:
    """What a latency still says that nothing was added to for so long: who was slow gets a call
    from time to time, and shows how it is now.

    >>> faded(0.1, 3.0)
    0.05
    """
    return float(latency_s * 0.5 ** (age_s / _HALF_LIFE_S))


def is_slower(one_s: float, other_s: float) -> bool:
    """By so much that it is no chance. Neither is where one is unknown.

    >>> is_slower(0.030, 0.002), is_slower(0.010, 0.002), is_slower(0.030, 0.0)
    (True, False, False)
    """
    return other_s > 0.0 and one_s > _SLOWER * other_s + _NOISE_S


def verdict(failure: Failure, *, waited_s: float, is_stream: bool) -> bool | None:
    """Does this failure speak against the replica (False), for it (True), or neither?

    waited_s   how long the replica had the call
    is_stream  a stream's deadline is no sign of sickness
    """
    if isinstance(failure, ServiceSaid):
        return None if failure.code in _ALIVE else failure.code not in _SICK
    if failure.reason == LATE:
        return False if waited_s >= PATIENCE_S and not is_stream else None
    return False if failure.reason in (UNREACHABLE, UNREADABLE) else None


def noted(history: int, *, well: bool) -> int:
    """The last calls with one more: a bit each, 1 for a failure.

    >>> noted(0b101, well=False), noted(0, well=True)
    (11, 0)
    """
    return (history << 1 | (not well)) & _ALL


def is_outlier(history: int, others: list[int], *, well_elsewhere: int) -> bool:
    """Does it fail one call in two, and lately more than twice as often as the others do? What
    befalls all of them is no replica's fault.

    well_elsewhere  calls of the others that went well since its failures began

    >>> [is_outlier(0xFF, one, well_elsewhere=9) for one in ([0, 0, 0xF], [0xF])]
    [True, False]
    >>> is_outlier(0x7F, [0], well_elsewhere=9), is_outlier(0xFF, [0], well_elsewhere=0)
    (False, False)
    """
    lately = (history & _HALF).bit_count() / _HALF.bit_count()
    elsewhere = sum((one & _LAST).bit_count() for one in others)
    share = elsewhere / (_LAST.bit_count() * max(1, len(others)))
    return history.bit_count() >= TOO_MANY and lately > 2 * share and well_elsewhere >= PROOF


def may_eject(*, replicas: int, out: int, others_ready: int) -> bool:
    """Never the last that answers, never over half.

    >>> [may_eject(replicas=n, out=0, others_ready=n - 1) for n in (1, 2, 3)]
    [False, True, True]
    >>> may_eject(replicas=3, out=1, others_ready=1), may_eject(replicas=3, out=0, others_ready=0)
    (False, False)
    """
    return others_ready > 0 and (out + 1) * 2 <= replicas


def pause_s(ejections: int, chance: float) -> float:
    """How long it stays out before it is asked how it is: longer each time in a row.

    >>> [pause_s(n, 0.0) for n in (1, 2, 3, 9)], pause_s(1, 1.0)
    ([5.0, 10.0, 20.0, 60.0], 4.0)
    """
    most_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(ejections - 1, 10))
    return float(most_s * (1.0 - JITTER * chance))


def ejections_now(ejections: int, in_for_s: float) -> int:
    """How many ejections in a row one more makes.

    >>> ejections_now(3, 10.0), ejections_now(3, 500.0)
    (4, 1)
    """
    return 1 if in_for_s >= FORGIVEN_S else ejections + 1

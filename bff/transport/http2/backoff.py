"""How long to wait before dialling again. Pure.

Why       A fleet that lost its service together must not come back together.
Called by pool.py.
Source    grpc/doc/connection-backoff.md, with a much lower ceiling (docs/spec/reliability.md 1).
"""

FIRST_S = 0.1
FACTOR = 1.6
JITTER = 0.2


def pause_s(failures: int, *, most_s: float, chance: float) -> float:
    """The pause after the given number of failures in a row, 1 or more; at most `most_s`.

    chance  0.0 to 1.0, drawn by the caller

    >>> [round(pause_s(n, most_s=1.0, chance=0.5), 2) for n in (1, 2, 3, 9)]
    [0.09, 0.14, 0.23, 0.9]
    """
    most = min(most_s, FIRST_S * FACTOR ** min(failures - 1, 50))
    return most * (1.0 - JITTER * chance)

"""Keep some of the time back, to answer in: a service gets a little less than the client gave us.

Why       Whoever waits for a service until the very end answers late, although it knows that it is.
Called by calls/pipeline.py, calls/sharing.py, calls/starting.py, once a call, whatever its
          attempts.
Never     takes it off twice: attempts share the deadline that comes out here.
Source    docs/spec/reliability.md section 2 "slow": 504 within the deadline.
"""

from bff.terms.deadline import Deadline

MOST_S = 0.025
SHARE = 0.05


def sent_by(deadline: Deadline, now_s: float) -> Deadline:
    """The deadline that a service is told: a twentieth of the time left earlier, at most 25 ms.

    >>> sent_by(Deadline(12.0), 10.0), sent_by(Deadline(10.25), 10.0)
    (Deadline(at_s=11.975), Deadline(at_s=10.2375))
    """
    kept_s = (deadline.at_s - now_s) * SHARE
    return Deadline(deadline.at_s - min(MOST_S, kept_s))

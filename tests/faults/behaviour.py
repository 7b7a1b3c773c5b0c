"""How a scripted service behaves from now on: plain data that fits into one line.

Called by echo.py (obeys it), replica.py (sends it), scenarios (write it).
"""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The default is a healthy service.

    delay_ms     before an answer, or before a stream's first message
    status       the status to fail with, such as "UNAVAILABLE"; "" for an answer
    every        what the two above befall: every so-many-th call
    size_bytes   how long the answer's padding is
    messages     how many a stream has; 0: it never ends
    gap_ms       between a stream's messages
    room         how many calls it works on at the same time, the others queue; 0: on all
    edition      which of its editions every answer is, in `number`, and nothing else that differs
    abort_after  the stream fails with `status` after so many messages; 0: it does not
    """

    delay_ms: int = 0
    status: str = ""
    every: int = 1
    size_bytes: int = 0
    messages: int = 0
    gap_ms: int = 100
    abort_after: int = 0
    room: int = 0
    edition: int = 0

    def line(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, line: str) -> "Behaviour":
        """
        >>> Behaviour.of(Behaviour(delay_ms=3).line()).delay_ms
        3
        """
        return cls(**json.loads(line))

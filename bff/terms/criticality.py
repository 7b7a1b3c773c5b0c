"""How much it matters that a request is answered when not all can be.

Called by compose (an endpoint has one), edge (hands it on with the request), calls/limiter.py.
Never     decides by itself who waits: each limit has its own share for each of them.
Source    Google SRE book, "Handling Overload" (criticality); docs/spec/reliability.md F15.
"""

from typing import Literal, TypeAlias

Criticality: TypeAlias = Literal["critical", "normal", "sheddable"]

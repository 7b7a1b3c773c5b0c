"""What an answer tells of caches: ours, and those between us and the client.

Called by compose/view/serving/kept.py (makes it), edge/caching.py (writes it as headers).
"""

from typing import Literal, NamedTuple

from bff.calls.keep import Keep
from bff.calls.origin import How


class Caching(NamedTuple):
    """Of an endpoint that caches.

    how        as terms/events.CacheAsked has it; "bypass": there is no cache
    keep       how long the answer may be kept since it was made, and for whom; None: not at all
    age_s      how long ago it was made
    stored     it was put into our cache just now
    varies_by  names of the request's headers that it depends on
    """

    how: How | Literal["bypass"]
    keep: Keep | None
    age_s: float = 0.0
    stored: bool = False
    varies_by: tuple[str, ...] = ()

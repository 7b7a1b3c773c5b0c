"""How long an answer may be kept, and for whom.

Called by compose (declares it), calls/cache.py (obeys it), edge (tells it in Cache-Control).
Source    RFC 9111; RFC 5861 (stale-while-revalidate, stale-if-error).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """All in seconds.

    fresh_s                   served without asking the service
    stale_while_revalidate_s  after that: served, and asked again behind the client's back
    stale_if_error_s          after `fresh_s`: served where the service fails
    public                    everybody may be given it; else only who it was made for
    """

    fresh_s: float = 0.0
    stale_while_revalidate_s: float = 0.0
    stale_if_error_s: float = 0.0
    public: bool = False

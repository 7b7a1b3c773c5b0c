"""The headers that tell of caches.

Called by edge/reply.py, for answers of endpoints that cache.
Never     lets a shared cache keep what is one caller's; never lets a browser give one user's answer
          to the next: such an answer varies by the credentials.
Source    RFC 9111 section 5.2 (Cache-Control), 5.1 (Age); RFC 5861; RFC 9211 (Cache-Status);
          RFC 9110 section 12.5.5 (Vary).
"""

from collections.abc import Mapping
from math import ceil
from types import MappingProxyType

from bff.calls.keep import Keep
from bff.compose.caching import Caching

Header = tuple[bytes, bytes]

_SHORT: Mapping[str, bytes] = MappingProxyType(
    {"hit": b"HIT", "stale": b"STALE", "bypass": b"BYPASS"}
)
_FORWARDED: Mapping[str, str] = MappingProxyType(
    {
        "miss": "fwd=miss",
        "expired": "fwd=stale",
        "coalesced": "fwd=miss; collapsed",
        "bypass": "fwd=bypass",
    }
)
_CREDENTIALS = ("authorization", "cookie")


def cache_control(keep: Keep) -> bytes:
    """How long others may keep the answer.

    >>> cache_control(Keep(fresh_s=60, stale_while_revalidate_s=120, public=True))
    b'public, max-age=60, stale-while-revalidate=120'
    """
    words = [f"{'public' if keep.public else 'private'}, max-age={int(keep.fresh_s)}"]
    if keep.stale_while_revalidate_s:
        words.append(f"stale-while-revalidate={int(keep.stale_while_revalidate_s)}")
    if keep.stale_if_error_s:
        words.append(f"stale-if-error={int(keep.stale_if_error_s)}")
    return ", ".join(words).encode()


def caching_headers(caching: Caching) -> list[Header]:
    """All but Cache-Control and Vary."""
    how = caching.how
    headers = [
        (b"cache-status", _status(caching).encode()),
        (b"x-cache-status", _SHORT.get(how, b"MISS")),
    ]
    if how in ("hit", "stale"):
        headers.append((b"age", b"%d" % caching.age_s))
    return headers


def varying(vary: Header, caching: Caching) -> Header:
    """The Vary header, with what a cache must tell apart."""
    keep = caching.keep
    if keep is None:
        return vary
    names = caching.varies_by if keep.public else (*caching.varies_by, *_CREDENTIALS)
    told = vary[1].decode().split(", ")
    return vary[0], ", ".join(dict.fromkeys([*told, *names])).encode()


def _status(caching: Caching) -> str:
    """RFC 9211: what this cache did, in a list of one."""
    if caching.how in _FORWARDED:
        return f"bff; {_FORWARDED[caching.how]}{'; stored' if caching.stored else ''}"
    lifetime_s = caching.keep.fresh_s if caching.keep else 0.0
    return f"bff; hit; ttl={ceil(lifetime_s - caching.age_s)}"

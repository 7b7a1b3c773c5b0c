"""Which of the media types on offer does the client want? The Accept header decides.

Called by edge/negotiation.py, for every endpoint that can answer in more than one way.
Never     guesses from the order of the client's list: weights decide, then our own order.
Source    RFC 9110 section 12.5.1; docs/spec/transcoding.md HT6; docs/spec/bad-input.md row 51.
"""

from functools import lru_cache

from bff.contract.media.quality import weights

_ANY = "*/*"


@lru_cache(maxsize=512)
def best(accept: str, offered: tuple[str, ...]) -> str | None:
    """The type on offer with the greatest weight, the first of several; None where none will do.

    accept   the header as sent; one that is absent, or that says nothing readable, takes anything
    offered  lower-case media types without parameters, the favourite first

    >>> best("application/*;q=0.5, application/x-protobuf", ("application/json", "text/csv"))
    'application/json'
    """
    ranges = dict(reversed(weights(accept)))
    if not ranges:
        return offered[0]
    weight, chosen = max(
        ((_weight(one, ranges), one) for one in offered), key=lambda found: found[0]
    )
    return chosen if weight else None


def _weight(offered: str, ranges: dict[str, float]) -> float:
    """The most specific range that fits has the say, also when it says 0."""
    family = f"{offered.partition('/')[0]}/*"
    for name in (offered, family, _ANY):
        if name in ranges:
            return ranges[name]
    return 0.0

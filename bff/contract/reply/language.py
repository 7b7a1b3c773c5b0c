"""Which of a service's translations does the client read? The Accept-Language header decides.

Called by error_document.py.
Source    RFC 4647 section 3.4 (lookup); RFC 9110 section 12.5.4; google.rpc.LocalizedMessage.
"""

from collections.abc import Mapping

from bff.contract.media.quality import weights


def translated(texts: Mapping[str, str], accept_language: str) -> str:
    """The text in the best wanted language, "" for none of them.

    texts  BCP 47 tag -> text, such as {"de-CH": "..."}

    >>> translated({"en": "No", "de": "Nein"}, "fr, de-CH;q=0.8")
    'Nein'
    """
    if not texts or not accept_language:
        return ""
    by_tag = {tag.lower(): text for tag, text in texts.items()}
    wishes = sorted(weights(accept_language), key=lambda wish: -wish[1])
    for wish in (tag for tag, weight in wishes if weight):
        if found := _lookup(wish, by_tag):
            return found
    return ""


def _lookup(wish: str, by_tag: Mapping[str, str]) -> str:
    """The text for a wish, or for what the wish begins with; any text for "*"."""
    if wish == "*":
        return next(iter(by_tag.values()))
    while wish:
        if wish in by_tag:
            return by_tag[wish]
        wish = wish.rpartition("-")[0]
    return ""

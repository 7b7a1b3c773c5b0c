"""Entity tags: a version's name as HTTP writes it, and as a service wrote it in a field.

Why       A field may hold any text, a tag may not; and the packed or binary form of a version is
          another representation, so it needs another strong tag. Both are undone on the way in.
Called by compose (ETag from a reply's field, If-Match into a request's field), edge/reply.py.
Source    RFC 9110 sections 8.8.3, 13.1; AIP-154; docs/spec/transcoding.md HT8.
"""

from urllib.parse import quote, unquote

_PLAIN = "!#$&'()*+-./:<=>?@[]^_`{|}~"
"""What a tag may hold and still means itself; `,` would part a list, `;` parts off the variant."""


def tag_of(text: str, variant: str = "") -> str:
    """A strong tag for a version that a service calls `text`.

    >>> tag_of("7f", "gzip"), tag_of('"7f"')
    ('"7f;gzip"', '"%227f%22"')
    """
    return variant_of(f'"{quote(text, safe=_PLAIN)}"', variant)


def variant_of(tag: str, variant: str) -> str:
    """The tag of the same version in another representation. A weak tag stands for all of them."""
    if not variant or tag.startswith("W/"):
        return tag
    return f'{tag[:-1]};{variant}"'


def text_of(tag: str) -> str:
    """What the service called the version: `tag_of` undone, whatever the variant.

    Raises ValueError for what is no single strong tag

    >>> text_of('"%227f%22;gzip"')
    '"7f"'
    """
    inside = tag[1:-1]
    if len(tag) < 2 or tag[0] != '"' or tag[-1] != '"' or '"' in inside:
        raise ValueError("this is not one strong entity tag")
    return unquote(inside.partition(";")[0])


def is_listed(tag: str, if_none_match: str) -> bool:
    """Whether If-None-Match names this tag; weak and strong are the same here."""
    if not if_none_match or if_none_match.strip() == "*":
        return bool(if_none_match)
    bare = tag.removeprefix("W/")
    return any(one.strip().removeprefix("W/") == bare for one in if_none_match.split(","))

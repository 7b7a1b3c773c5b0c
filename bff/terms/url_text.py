"""Bytes as text that URLs, cookies and tokens can hold.

Called by guard, compose/cursor_seal, stores/key_digest.
Source    RFC 4648 section 5, without padding (RFC 7515 section 2).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def encoded(raw: bytes) -> str:
    """Without padding.

    >>> encoded(b"\\xfb\\xff")
    '-_8'
    """
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Raises ValueError for a spelling that is not the only one of its bytes.

    >>> decoded("-_8")
    b'\\xfb\\xff'
    """
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encoded(raw) != text:
        raise ValueError("not canonical base64url")
    return raw

"""Request bodies that come packed: unpacked within a limit, so that a bomb stays small.

Called by edge/request.py, where `[limits] inflate` allows it.
Never     makes more than one byte more than the limit, however small the packed body is.
Source    RFC 1952 (gzip); RFC 9110 section 8.4; docs/spec/transcoding.md HT7;
          docs/spec/bad-input.md row 49.
"""

import zlib

from bff.terms.errors import BadInput

GZIP = ("gzip", "x-gzip")
_MOST_MEMBERS = 16


class TooLarge(Exception):
    """The body would be larger than the limit."""


def inflated(body: bytes, *, limit_bytes: int) -> bytes:
    """The plain body. Raises TooLarge; BadInput for what is not gzip, is cut, or has a tail."""
    plain = bytearray()
    for _ in range(_MOST_MEMBERS):
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            plain += unpacker.decompress(body, limit_bytes + 1 - len(plain))
        except zlib.error:
            raise _not_gzip() from None
        if len(plain) > limit_bytes:
            raise TooLarge
        if not unpacker.eof:
            raise _not_gzip()
        body = unpacker.unused_data
        if not body:
            return bytes(plain)
    raise _not_gzip()


def _not_gzip() -> BadInput:
    return BadInput("The body is not one complete gzip text.", reason="malformed-request")

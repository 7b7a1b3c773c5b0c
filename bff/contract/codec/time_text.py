"""Timestamp and Duration between seconds and nanos and their JSON text, both ways.

Called by scalars (re-exports the readers), write_known, read_known.
Never     rounds: more than nine fractional digits are refused.
Source    google/protobuf/timestamp.proto, duration.proto ("JSON Mapping"); RFC 3339;
          docs/spec/transcoding.md PJ12; docs/spec/bad-input.md rows 78 and 79.
"""

import re
from datetime import datetime, timedelta

from bff.contract.codec.wrong import Wrong

_FIRST_SECOND = -62_135_596_800  # 0001-01-01T00:00:00Z
_LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59Z
_MAX_DURATION_S = 315_576_000_000
_NANOS = 1_000_000_000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - both sides of every difference are UTC
_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
).fullmatch
_DURATION = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,9}))?s", re.ASCII).fullmatch
_BAD_TIMESTAMP = 'send an RFC 3339 time with a zone, such as "2024-05-06T07:08:09Z"'
_BAD_DURATION = 'send seconds with an s, such as "1.5s", at most 10,000 years'


def timestamp(text: str) -> tuple[int, int]:
    """(seconds, nanos) since 1970 of an RFC 3339 text, year 1 to 9999, any offset.

    Raises ValueError with a sentence for the client.

    >>> timestamp("1970-01-01T01:00:00.5+01:00")
    (0, 500000000)
    """
    match = _TIMESTAMP(text)
    if match is None:
        raise Wrong(_BAD_TIMESTAMP)
    local, fraction, sign, hours, minutes = match.groups()
    try:
        since = datetime.fromisoformat(local) - _EPOCH
    except ValueError:  # a 30th of February, a 61st second, year 0
        raise Wrong(_BAD_TIMESTAMP) from None
    seconds = since.days * 86_400 + since.seconds
    if sign:
        offset_s = int(hours) * 3600 + int(minutes) * 60
        seconds += offset_s if sign == "-" else -offset_s
        if not _FIRST_SECOND <= seconds <= _LAST_SECOND:
            raise Wrong(_BAD_TIMESTAMP)
    return seconds, int(fraction.ljust(9, "0")) if fraction else 0


def duration(text: str) -> tuple[int, int]:
    """(seconds, nanos), both of the same sign.

    Raises ValueError with a sentence for the client.

    >>> duration("-1.5s")
    (-1, -500000000)
    """
    match = _DURATION(text)
    if match is None:
        raise Wrong(_BAD_DURATION)
    sign, whole, fraction = match.groups()
    seconds, nanos = int(whole), int(fraction.ljust(9, "0")) if fraction else 0
    if seconds > _MAX_DURATION_S:
        raise Wrong(_BAD_DURATION)
    return (-seconds, -nanos) if sign else (seconds, nanos)


def timestamp_text(seconds: int, nanos: int) -> str:
    """RFC 3339 in UTC with 0, 3, 6 or 9 fractional digits.

    Raises ValueError outside of years 1 to 9999.

    >>> timestamp_text(0, 500_000_000)
    '1970-01-01T00:00:00.500Z'
    """
    if not (_FIRST_SECOND <= seconds <= _LAST_SECOND and 0 <= nanos < _NANOS):
        raise ValueError("a Timestamp outside of years 1 to 9999")
    whole = (_EPOCH + timedelta(0, seconds)).isoformat()
    return f"{whole}{_fraction(nanos)}Z" if nanos else whole + "Z"


def duration_text(seconds: int, nanos: int) -> str:
    """Seconds with 0, 3, 6 or 9 fractional digits.

    Raises ValueError beyond 10,000 years or with mixed signs.

    >>> duration_text(0, -500_000_000)
    '-0.500s'
    """
    in_range = abs(seconds) <= _MAX_DURATION_S and abs(nanos) < _NANOS
    mixed = (seconds < 0 < nanos) or (nanos < 0 < seconds)
    if not in_range or mixed:
        raise ValueError("a Duration that has no JSON form")
    sign = "-" if seconds < 0 or nanos < 0 else ""
    return f"{sign}{abs(seconds)}{_fraction(abs(nanos)) if nanos else ''}s"


def _fraction(nanos: int) -> str:
    if nanos % 1_000_000 == 0:
        return f".{nanos // 1_000_000:03d}"
    if nanos % 1_000 == 0:
        return f".{nanos // 1_000:06d}"
    return f".{nanos:09d}"

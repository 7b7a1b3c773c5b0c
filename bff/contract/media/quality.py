"""Lists with weights, as Accept, Accept-Encoding and Accept-Language have them.

Called by accept.py, reply/language.py, edge/compression.py.
Never     fails: an element that cannot be read is skipped, for the header is only a wish.
Source    RFC 9110 section 12.4.2.
"""

import re

MOST_ELEMENTS = 50
"""More wishes than this are not read."""
_WEIGHT = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)").fullmatch


def weights(text: str) -> tuple[tuple[str, float], ...]:
    """(value in lower case, without parameters; its weight from 0 to 1), in the order sent.

    >>> weights("text/html;level=1;q=0.5, */*")
    (('text/html', 0.5), ('*/*', 1.0))
    """
    parts = text.lower().split(",", MOST_ELEMENTS)[:MOST_ELEMENTS]
    return tuple(found for part in parts if (found := _element(part)))


def _element(part: str) -> tuple[str, float] | None:
    value, *parameters = (piece.strip() for piece in part.split(";"))
    weight = 1.0
    for parameter in parameters:
        name, _, number = parameter.partition("=")
        if name.strip() == "q":
            if not _WEIGHT(number.strip()):
                return None
            weight = float(number)
    return (value, weight) if value else None

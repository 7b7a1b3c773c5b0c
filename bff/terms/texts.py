"""Text that came from outside, made fit to be shown or logged.

Called by edge/problem.py and telemetry.
"""

LONGEST_TEXT = 1_000


def one_line(text: str, *, longest: int = LONGEST_TEXT) -> str:
    """Printable characters only, on one line, cut to `longest` characters.

    >>> one_line("no such todo\\r\\nSet-Cookie: x")
    'no such todo  Set-Cookie: x'
    """
    shown = "".join(char if char.isprintable() else " " for char in text[:longest])
    return shown.strip()

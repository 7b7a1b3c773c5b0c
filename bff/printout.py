"""`bff openapi`: the API document as a file, for generators of clients and for reviews.

Why       Committed, it shows in a review what a proto's change does to the public API.
Called by cli.py.
Never     differs from what /openapi.json says: both print one blueprint.
Source    docs/spec/transcoding.md OA1.
"""

import sys
from pathlib import Path

from bff.compose.blueprint import Blueprint
from bff.publish.openapi import text_of

_HOW = "python -m bff openapi --output"


def write(blueprint: Blueprint, output: Path | None) -> int:
    """To a file, or to standard output."""
    text = text_of(blueprint)
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")
    return 0


def check(blueprint: Blueprint, file: Path) -> int:
    """Is the file what `write` would write?  0 for yes; 1, and the way to mend it, for no."""
    if file.is_file() and file.read_text(encoding="utf-8") == text_of(blueprint):
        return 0
    print(f"{file} is not what is served now: {_HOW} {file}", file=sys.stderr)
    return 1

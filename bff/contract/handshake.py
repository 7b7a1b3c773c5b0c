"""Refuse generated code that another version of the generator wrote, at import, with the remedy.

Why       Stale generated code fails late and far away: an attribute is missing in the middle of a
          request. One comparison at import makes that a sentence before the server starts.
Called by generated/__init__.py (its last line), bff/codegen (writes the version into that file).
Never     reads files: whether the protos changed since, `make check` asks.
"""

CODEGEN_VERSION = 1
"""Raise this by one whenever generated code needs something new of `contract/client.py`."""


class StaleGenerated(ImportError):
    """The generated package and this bff do not fit. Whoever runs the build must act."""


def verify(found: int) -> None:
    """Return if generated code of version `found` fits this bff.

    Raises  StaleGenerated naming what was found, what is needed, and the command to run
    """
    if found == CODEGEN_VERSION:
        return
    raise StaleGenerated(
        f"the generated code has codegen version {found}, this bff needs {CODEGEN_VERSION}:"
        " run `make codegen`"
    )

"""The failure of a service that answered OK with what cannot be used.

Called by contract/scrub.py, contract/reply_headers.py, compose/reply_reader.py.
Source    docs/spec/transcoding.md 1.12 (PJ12-PJ15): a 502, for the client did nothing wrong.
"""

from bff.terms.codes import Code
from bff.terms.errors import ServiceSilent


def unreadable(note: str) -> ServiceSilent:
    """`note` says for the log what was wrong."""
    failure = ServiceSilent(
        "A service that this needs gave an answer that cannot be read.",
        reason="upstream-invalid-response",
        code=Code.INTERNAL,
    )
    failure.add_note(note)
    return failure

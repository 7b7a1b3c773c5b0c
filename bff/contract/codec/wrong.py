"""A JSON value that does not fit its field, and where it is; inside the codec only.

Why       Readers do not carry a path along: it would cost on every value. It is collected while
          the exception climbs, innermost part first.
Called by every reader of the codec; `Codec.fill` turns it into BadInput.
Never     holds the client's value or a service's text: `message` is a sentence of ours.
"""

from bff.contract.json_pointer import pointer
from bff.terms.errors import BadInput

NOT_AN_OBJECT = "send a JSON object"
NOT_AN_ARRAY = "send a JSON array"


class Wrong(ValueError):
    """One value at fault. `parts` is its path, innermost first; `reason` as in Failure."""

    def __init__(self, message: str, reason: str = "invalid-field") -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.parts: list[str] = []

    def bad_input(self, at: str) -> BadInput:
        """As the client is told; `at` is the pointer of the value that was read."""
        where = at + pointer(reversed(self.parts))
        whole_body = not where and self.message in (NOT_AN_OBJECT, NOT_AN_ARRAY)
        return BadInput.at(
            where, self.message, reason="malformed-json" if whole_body else self.reason
        )

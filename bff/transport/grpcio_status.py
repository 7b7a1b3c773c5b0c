"""Tell a status that a service spoke from one that the gRPC library made up on our side. Pure.

Why       grpcio gives both the same type. A reply over the size limit looks like the service's own
          RESOURCE_EXHAUSTED (429), a missing trailer like its own UNKNOWN (500): both are a bad
          upstream (502).
Called by transport/grpcio.py.
Trap      grpc core 1.85 marks neither: only its wording tells. A service that copies the wording
          turns its own 500 into a 502, no more.
Source    docs/spec/reliability.md section 1 ("Locally made statuses look like remote ones").
"""

import re

from bff.terms.errors import Failure
from bff.transport.ended import Ended, inferred, spoken

_OWN_WORDS = re.compile(
    r"Stream removed|CLIENT: |Received http2 header with status|RST_STREAM|No status received"
    r"|Missing :status|metadata size exceeds|GOAWAY|[Dd]ecompress|Socket closed|keepalive"
    r"|Internal error from Core"
)
"""How grpc core words what it found out by itself."""


def failure_of(ended: Ended, *, source: str) -> Failure:
    """The failure to raise for a call that did not end with OK."""
    if _OWN_WORDS.search(ended.message):
        return inferred(ended, source=source)
    return spoken(ended, source=source)

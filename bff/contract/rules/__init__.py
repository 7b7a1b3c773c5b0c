"""buf.validate: the standard rules that a proto sets on its fields, checked before any call.

Why       The proto says them already; a client should hear of a slip without a round trip, and with
          a pointer into what it sent.
Called by request/broken.py (per request), compose/transcode.py (makes Rules, tells the unchecked).
Never     evaluates CEL: what is left to the service is told once, at boot.
Source    buf/validate/validate.proto (protovalidate 1.x); docs/spec/transcoding.md HT12.
"""

from bff.contract.rules.messages import Fault, Rules

__all__ = ["Fault", "Rules"]

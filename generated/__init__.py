"""Generated from the protos by `make codegen`; do not edit: the next run overwrites it."""

from bff.contract.handshake import verify

CODEGEN_VERSION = 1
PROTOS_SHA256 = "e892b523c961e9750a9cf23600f0de1f660f27e2eaa51b73dfe55688979bcd2f"

verify(CODEGEN_VERSION)

"""Generated from the protos by `make codegen`; do not edit: the next run overwrites it."""

from bff.contract.handshake import verify

CODEGEN_VERSION = 1
PROTOS_SHA256 = "4433b9a298cae3eec0c1c8e3d81cfa3d7ed052c12ebc2a04013441c6b14916ca"

verify(CODEGEN_VERSION)

"""Generated from the protos by `make codegen`; do not edit: the next run overwrites it."""

from bff.contract.handshake import verify

CODEGEN_VERSION = 1

verify(CODEGEN_VERSION)

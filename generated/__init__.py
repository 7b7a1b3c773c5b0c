"""Generated from the protos by `make codegen`; do not edit: the next run overwrites it."""

from bff.contract.handshake import verify

CODEGEN_VERSION = 1
PROTOS_SHA256 = "3b6a029b6b3fd0c7c545bcd56f947979e1aa528ca198266d6fb3106f8076fe08"

verify(CODEGEN_VERSION)

"""Generated from the protos by `make codegen`; do not edit: the next run overwrites it."""

from bff.contract.handshake import verify

CODEGEN_VERSION = 1
PROTOS_SHA256 = "be8605052d4d9abe3c73f61207e5202ec74c1028f0c862a1313e18b986deac53"

verify(CODEGEN_VERSION)

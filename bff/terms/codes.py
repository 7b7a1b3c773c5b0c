"""The canonical gRPC status codes, so that no room but `transport` needs gRPC's own types.

Called by every room.  Source: google/rpc/code.proto; grpc/doc/statuscodes.md.
"""

from enum import IntEnum


class Code(IntEnum):
    """A gRPC status code; the name is what clients see in `code`."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16

    @classmethod
    def of(cls, number: int) -> "Code":
        """The code with that number; a number that gRPC does not know is UNKNOWN."""
        return cls(number) if 0 <= number <= cls.UNAUTHENTICATED else cls.UNKNOWN

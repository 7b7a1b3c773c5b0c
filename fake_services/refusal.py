"""How a fake service says no: a gRPC status with the details that a real service would send.

Why       A BFF is judged by what it makes of errors, so these are as rich as real ones.
Called by every service file, paging, shelf and faults; doors.py ends the call with it.
Never     names a thing that the caller did not name.
Source    AIP-193; google/rpc/error_details.proto.
"""

from __future__ import annotations

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import BadRequest, ResourceInfo
from google.rpc.status_pb2 import Status

_DETAILS_KEY = "grpc-status-details-bin"
Trailers = tuple[tuple[str, bytes], ...]


class Refusal(Exception):
    """A status other than OK.  `details` are google.rpc messages, already packed."""

    def __init__(
        self, code: grpc.StatusCode, sentence: str, details: tuple[AnyMessage, ...] = ()
    ) -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.details = code, sentence, details

    def trailers(self) -> Trailers:
        """The trailing metadata that carries the details; () when there are none."""
        if not self.details:
            return ()
        number: int = self.code.value[0]
        status = Status(code=number, message=self.sentence, details=self.details)
        return ((_DETAILS_KEY, status.SerializeToString()),)


def invalid(field: str, sentence: str) -> Refusal:
    """INVALID_ARGUMENT that names the field by its proto path, such as `todo.title`."""
    detail = AnyMessage()
    violation = BadRequest.FieldViolation(field=field, description=sentence)
    detail.Pack(BadRequest(field_violations=[violation]))
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"{field}: {sentence}", (detail,))


def not_found(kind: str, wanted: str, *, sentence: str = "") -> Refusal:
    """NOT_FOUND for the thing that the caller named."""
    detail = AnyMessage()
    detail.Pack(ResourceInfo(resource_type=kind, resource_name=wanted))
    said = sentence or f"there is no {kind} {wanted!r}"
    return Refusal(grpc.StatusCode.NOT_FOUND, said, (detail,))


def required(field: str, value: str) -> str:
    """The value, or INVALID_ARGUMENT when it is empty."""
    if not value:
        raise invalid(field, "must be given")
    return value

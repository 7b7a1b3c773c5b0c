"""Ask a service how it is, by the standard health protocol.

Called by calls/readiness.py.
Never     calls a service sick that merely lacks the health protocol: it answered, so it is there.
Source    grpc/doc/health-checking.md (grpc.health.v1).
"""

from typing import Final

from google.protobuf.message import DecodeError
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from bff.terms.codes import Code
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSaid, ServiceSilent
from bff.transport.transport import Transport

_CHECK = "/grpc.health.v1.Health/Check"
_STATES = HealthCheckResponse.ServingStatus.DESCRIPTOR.values_by_number


async def ailment(transport: Transport, service: str, deadline: Deadline) -> str:
    """ "" when `service` is serving, or one word or two that say why not ("unreachable", "not
    serving").
    """
    try:
        wire = await transport.unary(
            _CHECK,
            HealthCheckRequest(service=service).SerializeToString(),
            metadata=(),
            deadline=deadline,
        )
        return _ailment_of(HealthCheckResponse.FromString(wire).status)
    except ServiceSaid as said:
        return "" if said.code in (Code.UNIMPLEMENTED, Code.NOT_FOUND) else said.reason
    except ServiceSilent as silent:
        return "" if silent.code is Code.UNIMPLEMENTED else _WORDS.get(silent.reason, silent.reason)
    except DecodeError:
        return "answers nonsense"


_WORDS: Final = {"upstream-unavailable": "unreachable", "upstream-timeout": "no answer in time"}


def _ailment_of(state: int) -> str:
    if state == HealthCheckResponse.SERVING:
        return ""
    return _STATES[state].name.lower().replace("_", " ") if state in _STATES else "unknown"

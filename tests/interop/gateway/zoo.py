"""The service behind both: it says back what it heard, and remembers the bytes.

Called by conftest.py. What a gateway made of a request is seen in what the service heard, not only
in the answer.
"""

from collections.abc import AsyncIterator
from typing import Any

import grpc
import grpc.aio
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from google.rpc.status_pb2 import Status

from bff.contract.catalog import Catalog

SERVICE = "zoo.v1.Zoo"
_CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


class Zoo(grpc.GenericRpcHandler):
    """`heard` is what came since a test cleared it: the method, and the request as text, because
    the bytes of two NaNs differ.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.heard: list[tuple[str, str]] = []
        self._catalog = catalog

    def service(self, details: Any) -> grpc.RpcMethodHandler | None:
        rpc = self._catalog.methods.get(details.method.strip("/"))
        if rpc is None:
            return None
        name = rpc.name.partition("/")[2]
        wires = {
            "request_deserializer": rpc.request.FromString,
            "response_serializer": lambda message: message.SerializeToString(),
        }
        if rpc.client_streaming:
            return grpc.stream_unary_rpc_method_handler(self._gather, **wires)
        if rpc.server_streaming:
            return grpc.unary_stream_rpc_method_handler(self._watch, **wires)
        answers = {"Fail": self._fail, "Download": self._download}
        answer = answers.get(name, self._echo)

        async def heard(request: Any, context: Any) -> Any:
            self._hear(name, request)
            return await answer(request, context)

        return grpc.unary_unary_rpc_method_handler(heard, **wires)

    def _hear(self, name: str, request: Any) -> None:
        self.heard.append((name, str(request)))

    async def _echo(self, request: Any, _context: Any) -> Any:
        return request

    async def _fail(self, request: Any, context: Any) -> Any:
        await _end(request, context, details=request.count)
        return self._new("zoo.v1.Zoo/Fail")

    async def _download(self, request: Any, _context: Any) -> Any:
        return self._new("zoo.v1.Zoo/Download", content_type="text/x-zoo", data=request.raw)

    async def _watch(self, request: Any, context: Any) -> AsyncIterator[Any]:
        self._hear("Watch", request)
        for index in range(request.count):
            yield self._new("zoo.v1.Zoo/Watch", i32=index)
        await _end(request, context)

    async def _gather(self, requests: AsyncIterator[Any], _context: Any) -> Any:
        texts = []
        async for request in requests:
            self._hear("Gather", request)
            texts.append(request.text)
        return self._new("zoo.v1.Zoo/Gather", words=texts)

    def _new(self, rpc: str, **fields: object) -> Any:
        made: Any = self._catalog.methods[rpc].reply
        return made(**fields)


async def _end(request: Any, context: Any, *, details: int = 0) -> None:
    """With the status that was asked for."""
    if not request.code:
        return
    trailing = (("grpc-status-details-bin", _details(request, details)),) if details else ()
    await context.abort(_CODES[request.code], request.message, trailing)


def _details(request: Any, most: int) -> bytes:
    violation = BadRequest.FieldViolation(field="inner.name", description="too short")
    every = (
        ErrorInfo(reason="SHORT", domain="zoo.v1", metadata={"least": "3"}),
        BadRequest(field_violations=[violation]),
    )
    status = Status(code=request.code, message=request.message)
    for detail in every[:most]:
        packed = AnyMessage()
        packed.Pack(detail)
        status.details.append(packed)
    return status.SerializeToString()

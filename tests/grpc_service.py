"""A gRPC service of a test's own, on a free port of loopback.

Called by the tests and fixtures that answer by a handler of theirs.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import grpc.aio


@asynccontextmanager
async def grpc_service(
    handler: grpc.GenericRpcHandler, credentials: grpc.ServerCredentials | None = None
) -> AsyncIterator[str]:
    """Its "host:port". It takes messages of any size."""
    options = (("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", -1))
    server = grpc.aio.server(options=options)
    server.add_generic_rpc_handlers((handler,))
    if credentials is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(None)

"""A service that nobody has generated code for: protos as text, messages made at run time.

Used by tests/serve and tests/cli: what zero-code serving has to work with.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from bff.codegen import compile_protos
from bff.contract.catalog import Catalog

SERVICE = "library.v1.Library"
BOOKS = """\
syntax = "proto3";
package library.v1;
import "google/api/annotations.proto";
import "library/v1/shelf.proto";

// Lends books.
service Library {
  // Returns one book.
  rpc GetBook(GetBookRequest) returns (Book) {
    option (google.api.http) = { get: "/v1/{name=shelves/*/books/*}" };
  }
  // Returns once the test says so.
  rpc LendBook(GetBookRequest) returns (Book) {
    option (google.api.http) = { post: "/v1/{name=shelves/*/books/*}:lend" body: "*" };
  }
  // Nobody has annotated this one.
  rpc CountBooks(GetBookRequest) returns (Book);
  // Nor this one: the book, twice.
  rpc WatchBooks(GetBookRequest) returns (stream Book);
}

message GetBookRequest {
  string name = 1;
}

message Book {
  string name = 1;
  int64 pages = 2;
  Shelf shelf = 3;
}
"""
SHELF = """\
syntax = "proto3";
package library.v1;

message Shelf { string theme = 1; }
"""


def write_protos(folder: Path, books: str = BOOKS) -> Path:
    """The protos in `folder`, as a service team would keep them."""
    (folder / "library" / "v1").mkdir(parents=True, exist_ok=True)
    (folder / "library" / "v1" / "books.proto").write_text(books)
    (folder / "library" / "v1" / "shelf.proto").write_text(SHELF)
    return folder


@dataclass(slots=True, eq=False)
class Library:
    """The running service. `LendBook` answers when `lent` is set; `asked` says that it waits."""

    address: str = ""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    lent: asyncio.Event = field(default_factory=asyncio.Event)
    server: grpc.aio.Server = field(default_factory=grpc.aio.server)

    async def stop(self) -> None:
        await self.server.stop(None)


@asynccontextmanager
async def running_library(
    protos: Path, *, with_reflection: bool = True, port: int = 0
) -> AsyncIterator[Library]:
    """The service, on a free port unless one is given."""
    descriptor_set = compile_protos(protos)
    library = Library()
    server = library.server
    handlers = _handlers(Catalog.of(descriptor_set), library)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    health_pb2_grpc.add_HealthServicer_to_server(health.aio.HealthServicer(), server)
    if with_reflection:
        names = (SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, server, pool=pool_of(descriptor_set))
    library.address = f"127.0.0.1:{server.add_insecure_port(f'127.0.0.1:{port}')}"
    await server.start()
    try:
        yield library
    finally:
        await library.stop()


def pool_of(descriptor_set: bytes) -> DescriptorPool:
    """What reflection reads the contract from: the set, in a pool of its own."""
    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(descriptor_set).file:
        pool.Add(file)
    return pool


def _handlers(catalog: Catalog, library: Library) -> dict[str, grpc.RpcMethodHandler]:
    book = GetMessageClass(catalog.pool.FindMessageTypeByName("library.v1.Book"))

    def found(request: Any) -> Any:
        return book(name=request.name, pages=2**53 + 1)

    async def get(request: Any, _context: object) -> Any:
        return found(request)

    async def lend(request: Any, _context: object) -> Any:
        library.asked.set()
        await library.lent.wait()
        return found(request)

    async def watch(request: Any, _context: object) -> AsyncIterator[Any]:
        yield found(request)
        yield found(request)

    request = GetMessageClass(catalog.pool.FindMessageTypeByName("library.v1.GetBookRequest"))
    wires = {
        "request_deserializer": request.FromString,
        "response_serializer": book.SerializeToString,
    }
    return {
        "GetBook": grpc.unary_unary_rpc_method_handler(get, **wires),
        "LendBook": grpc.unary_unary_rpc_method_handler(lend, **wires),
        "CountBooks": grpc.unary_unary_rpc_method_handler(get, **wires),
        "WatchBooks": grpc.unary_stream_rpc_method_handler(watch, **wires),
    }

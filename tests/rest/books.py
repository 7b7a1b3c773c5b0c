"""A service of our own, with every REST option, that says whatever a test tells it to.

Called by the tests of this folder: the demo's protos stay as their clients know them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import grpc
import grpc.aio
import grpc_tools
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status
from grpc_tools import protoc

from bff.contract.catalog import Catalog, RpcMethod

ROOT = Path(__file__).parents[2]
SERVICE = "shop.v1.Books"
PROTO = """
syntax = "proto3";
package shop.v1;
import "bff/v1/options.proto";
import "google/api/annotations.proto";
import "google/protobuf/any.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";

service Books {
  rpc GetBook(GetBookRequest) returns (Book) {
    option (google.api.http) = {get: "/v1/books/{book_id}"};
    option (bff.v1.etag) = "etag";
  }
  rpc ListBooks(ListBooksRequest) returns (ListBooksResponse) {
    option (google.api.http) = {get: "/v1/books" additional_bindings {
      get: "/v1/titles" response_body: "titles"
    } additional_bindings {
      get: "/v1/first" response_body: "first"
    }};
  }
  rpc CreateBook(CreateBookRequest) returns (Book) {
    option (google.api.http) = {post: "/v1/books" body: "book"};
    option (bff.v1.success) = {status: 201 location: "/v1/books/{book_id}"};
    option (bff.v1.etag) = "etag";
  }
  rpc UpdateBook(UpdateBookRequest) returns (Book) {
    option (google.api.http) = {patch: "/v1/books/{book_id}" body: "book"};
    option (bff.v1.if_match) = "book.etag";
    option (bff.v1.etag) = "etag";
  }
  rpc DeleteBook(DeleteBookRequest) returns (google.protobuf.Empty) {
    option (google.api.http) = {delete: "/v1/books/{book_id}"};
    option (bff.v1.success) = {empty: true};
    option (bff.v1.if_match) = "etag";
  }
  rpc LendBook(LendBookRequest) returns (Book) {
    option (google.api.http) = {post: "/v1/books/{book_id}:lend" body: "*"};
    option (bff.v1.success) = {status: 202};
  }
  rpc ReadBook(GetBookRequest) returns (Book) {
    option (google.api.http) = {get: "/v1/books/{book_id}/text"};
    option (bff.v1.success) = {status: 302 location: "url" empty: true};
  }
}

message Book {
  string book_id = 1;
  string title = 2;
  repeated string tags = 3;
  map<string, string> labels = 4;
  string etag = 5;
  string url = 6;
  string shelf_code = 7 [(bff.v1.sensitive) = true];
  Book sequel = 8;
  google.protobuf.Any extra = 9;
  int64 revision = 10;
}
message GetBookRequest { string book_id = 1; int32 page_size = 2; }
message ListBooksRequest { int32 page_size = 1; }
message ListBooksResponse { repeated Book books = 1; repeated string titles = 2; Book first = 3; }
message CreateBookRequest { Book book = 1; string request_id = 2; }
message UpdateBookRequest {
  string book_id = 1;
  Book book = 2;
  google.protobuf.FieldMask update_mask = 3;
}
message DeleteBookRequest { string book_id = 1; string etag = 2; }
message LendBookRequest { string book_id = 1; string reader = 2; int32 days = 3; }
"""


@cache
def descriptors(proto: str = PROTO) -> bytes:
    """The FileDescriptorSet of a proto, with what it imports."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "books.proto").write_text(proto)
        standard = Path(grpc_tools.__path__[0]) / "_proto"
        roots = [folder, ROOT / "protos", ROOT / "third_party" / "googleapis", standard]
        output = Path(folder) / "books.binpb"
        arguments = [f"-I{root}" for root in roots] + ["--include_imports", f"-o{output}"]
        assert 0 == protoc.main(["protoc", *arguments, "books.proto"])
        return output.read_bytes()


def a_catalog(proto: str = PROTO) -> Catalog:
    return Catalog.of(descriptors(proto))


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as the service saw it. `remaining_s` is None without a deadline."""

    method: str
    request: Any
    metadata: tuple[tuple[str, str | bytes], ...]
    remaining_s: float | None

    def values(self, key: str) -> list[str | bytes]:
        return [value for name, value in self.metadata if name == key]


Say = Callable[[Any, Any], Awaitable[Message]]


class BookService:
    """Answers with an empty reply unless `says` has something for the method."""

    def __init__(self) -> None:
        self.catalog = a_catalog()
        self.says: dict[str, Say] = {}
        self.asked: list[Asked] = []

    def new(self, name: str, **fields: object) -> Any:
        """A message of the service's own classes: new("Book", title="Emma")."""
        made: Any = {
            kind.DESCRIPTOR.name: kind
            for rpc in self.catalog.methods.values()
            for kind in (rpc.request, rpc.reply)
        }[name]
        return made(**fields)

    def replies(self, method: str, reply: Message) -> None:
        async def say(request: Any, context: Any) -> Message:
            return reply

        self.says[method] = say

    def refuses(
        self,
        method: str,
        code: grpc.StatusCode,
        text: str,
        *,
        details: tuple[Message, ...] = (),
        trailing: tuple[tuple[str, str | bytes], ...] = (),
    ) -> None:
        """Answer with a status, its details, and more metadata."""
        packed = []
        for detail in details:
            packed.append(AnyMessage())
            packed[-1].Pack(detail)
        status = Status(code=code.value[0], message=text, details=packed)
        bin_trailer = ("grpc-status-details-bin", status.SerializeToString())

        async def say(request: Any, context: Any) -> Message:
            await context.abort(code, text, (*trailing, bin_trailer) if packed else trailing)

        self.says[method] = say

    def handlers(self) -> grpc.GenericRpcHandler:
        methods = {
            rpc.name.partition("/")[2]: self._handler(rpc) for rpc in self.catalog.methods.values()
        }
        return grpc.method_handlers_generic_handler(SERVICE, methods)

    def _handler(self, rpc: RpcMethod) -> Any:
        name = rpc.name.partition("/")[2]

        async def answer(request: Any, context: Any) -> Message:
            metadata = tuple((key, value) for key, value in context.invocation_metadata())
            self.asked.append(Asked(name, request, metadata, context.time_remaining()))
            say = self.says.get(name)
            return await say(request, context) if say else rpc.reply()

        return grpc.unary_unary_rpc_method_handler(
            answer,
            request_deserializer=rpc.request.FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )

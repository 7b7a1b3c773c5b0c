"""A service that says back what it heard, of messages that hold everything a proto can.

Why       Only an answer that equals its request shows that nothing was lost on the way.
Called by conftest.py, test_echo_oracle.py.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import google.api
import grpc
import grpc_tools
from grpc_tools import protoc

from bff.contract.catalog import Catalog
from tests.grpc_service import grpc_service

SERVICE = "echo.v1.EchoService"
PROTO = """
syntax = "proto3";
package echo.v1;
import "google/api/annotations.proto";
import "google/api/field_behavior.proto";
import "google/api/httpbody.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";

// Says back what it heard.
service EchoService {
  // The whole message.
  rpc Whole(Rich) returns (Rich) {
    option (google.api.http) = {
      post: "/v1/whole" body: "*"
      additional_bindings {get: "/v1/query"}
      additional_bindings {put: "/v1/text/{text}/number/{i64}" body: "*"}
      additional_bindings {get: "/v1/in/{text}/{i32}/{u64}/{flag}/{mood}/{at}/{inner.name}"}
      additional_bindings {post: "/v1/list" body: "numbers" response_body: "numbers"}
      additional_bindings {post: "/v1/map" body: "by_name" response_body: "by_name"}
      additional_bindings {post: "/v1/scalar" body: "big" response_body: "big"}
      additional_bindings {post: "/v1/wrapped" body: "maybe" response_body: "maybe"}
      additional_bindings {post: "/v1/struct" body: "extra" response_body: "extra"}
      additional_bindings {post: "/v1/inner" body: "inner" response_body: "inner"}
      additional_bindings {post: "/v1/deep" body: "inner" response_body: "inner.name"}
      additional_bindings {get: "/v1/{text=shelves/*/books/*}:read"}
    };
  }
  // One thing, changed.
  rpc Change(Update) returns (Update) {
    option (google.api.http) = {
      patch: "/v1/things/{thing.name}" body: "thing"
      additional_bindings {put: "/v1/things/{thing.name}" body: "*"}
    };
  }
  // A file.
  rpc Upload(File) returns (google.api.HttpBody) {
    option (google.api.http) = {put: "/v1/files/{name}" body: "content"};
  }
  // The old one.
  rpc Old(Required) returns (Required) {
    option deprecated = true;
    option (google.api.http) = {
      post: "/v1/required" body: "*"
      additional_bindings {get: "/v1/required"}
    };
  }
}

enum Mood { MOOD_UNSPECIFIED = 0; MOOD_CALM = 1; MOOD_WILD = 2; }

message Rich {
  string text = 1;
  int32 i32 = 2;
  uint32 u32 = 3;
  int64 i64 = 4;
  uint64 u64 = 5;
  sint32 s32 = 6;
  sint64 s64 = 7;
  fixed32 f32 = 8;
  fixed64 f64 = 9;
  sfixed32 sf32 = 10;
  sfixed64 sf64 = 11;
  float real = 12;
  double big = 13;
  bool flag = 14;
  bytes raw = 15;
  Mood mood = 16;
  optional string nick = 17;
  optional int64 count = 18;
  repeated int64 numbers = 19;
  repeated string words = 20;
  repeated Mood moods = 21;
  repeated Inner inners = 22;
  Inner inner = 23;
  Rich twin = 24;
  map<string, string> labels = 25;
  map<string, Inner> by_name = 26;
  map<int32, Mood> by_number = 27;
  map<bool, int64> by_flag = 28;
  map<uint64, bytes> by_id = 29;
  oneof home { string street = 30; Inner host = 31; google.protobuf.NullValue nowhere = 32; }
  google.protobuf.Timestamp at = 33;
  google.protobuf.Duration span = 34;
  google.protobuf.FieldMask mask = 35;
  google.protobuf.Struct extra = 36;
  google.protobuf.Value anything = 37;
  google.protobuf.ListValue list = 38;
  google.protobuf.Any any = 39;
  google.protobuf.Empty nothing = 40;
  google.protobuf.StringValue maybe = 41;
  google.protobuf.Int64Value wide = 42;
  google.protobuf.DoubleValue weight = 43;
  google.protobuf.BoolValue sure = 44;
  repeated google.protobuf.BytesValue blobs = 45;
  repeated google.protobuf.Timestamp times = 46;
  google.protobuf.NullValue none = 47;
  string custom = 48 [json_name = "@custom"];
}

message Inner { string name = 1; optional int32 size = 2; repeated Inner more = 3; }

message Update { Thing thing = 1; google.protobuf.FieldMask update_mask = 2; string note = 3; }
message Thing {
  string name = 1 [(google.api.field_behavior) = IDENTIFIER];
  string title = 2 [(google.api.field_behavior) = REQUIRED];
  Part part = 3;
  repeated Part parts = 4;
  map<string, Part> by_key = 5;
  int64 revision = 6 [(google.api.field_behavior) = OUTPUT_ONLY];
  string secret = 7 [(google.api.field_behavior) = INPUT_ONLY];
}
message Part { string code = 1 [(google.api.field_behavior) = REQUIRED]; int32 count = 2; }

message Required {
  string text = 1 [(google.api.field_behavior) = REQUIRED];
  Mood mood = 2 [(google.api.field_behavior) = REQUIRED];
  repeated string words = 3 [(google.api.field_behavior) = REQUIRED];
  optional string nick = 4 [(google.api.field_behavior) = REQUIRED];
  optional Part part = 5;
}

message File { string name = 1; google.api.HttpBody content = 2; string note = 3; }
"""


@cache
def descriptors() -> bytes:
    """The proto and what it imports, compiled once."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "echo.proto").write_text(PROTO)
        own = Path(grpc_tools.__path__[0]) / "_proto"
        roots = [folder, own, Path(google.api.__path__[0]).parents[1]]
        output = folder / "echo.binpb"
        options = ["--include_imports", "--include_source_info", f"-o{output}", "echo.proto"]
        assert 0 == protoc.main(["protoc", *(f"-I{root}" for root in roots), *options])
        return output.read_bytes()


@cache
def catalog() -> Catalog:
    return Catalog.of(descriptors())


class _Echo(grpc.GenericRpcHandler):
    """Every method answers the bytes that it got; an upload answers its file."""

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        upload = details.method.endswith("/Upload")
        return grpc.unary_unary_rpc_method_handler(_content if upload else _same)


async def _same(request: bytes, _context: object) -> bytes:
    return request


async def _content(request: bytes, _context: object) -> bytes:
    file = catalog().methods[f"{SERVICE}/Upload"].request.FromString(request)
    content: bytes = file.content.SerializeToString()  # type: ignore[attr-defined]
    return content


@asynccontextmanager
async def echoing() -> AsyncIterator[Mapping[str, str]]:
    """Runs the service; gives its address by its name."""
    async with grpc_service(_Echo()) as address:
        yield {SERVICE: address}

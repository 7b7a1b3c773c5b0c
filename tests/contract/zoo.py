"""Protos that hold one of everything, and short ways to ask for their schemas.

Called by the tests of contract/schema.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import google.api
import grpc_tools
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_tools import protoc
from jsonschema import Draft202012Validator

from bff.contract.json_options import JsonOptions
from bff.contract.schema import Describable, Described, Schema, Schemas

PROTO = """
syntax = "proto3";
package zoo.v1;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "google/api/httpbody.proto";

enum Mood { MOOD_UNSPECIFIED = 0; MOOD_CALM = 1; MOOD_WILD = 2; }

message Animal {
  string display_name = 1;
  int32 i32 = 2;
  uint32 u32 = 3;
  int64 i64 = 4;
  uint64 u64 = 5;
  float f = 6;
  double d = 7;
  bool b = 8;
  bytes raw = 9;
  Mood mood = 10;
  optional string nick = 11;
  repeated int64 scores = 12;
  repeated Animal young = 13;
  Animal mother = 14;
  map<string, Mood> friends = 15;
  map<int32, Animal> by_cage = 16;
  map<bool, bytes> flags = 17;
  oneof home { string cage = 18; Animal host = 19; google.protobuf.NullValue nowhere = 20; }
  google.protobuf.Timestamp born = 21;
  google.protobuf.Duration nap = 22;
  google.protobuf.FieldMask mask = 23;
  google.protobuf.Struct extra = 24;
  google.protobuf.Value anything = 25;
  google.protobuf.ListValue list = 26;
  google.protobuf.Any any = 27;
  google.protobuf.Empty empty = 28;
  google.protobuf.StringValue wrapped = 29;
  google.protobuf.Int64Value wide = 30;
  google.protobuf.DoubleValue weight = 31;
  google.protobuf.BoolValue tame = 32;
  repeated google.protobuf.BytesValue blobs = 33;
  repeated google.protobuf.Value things = 34;
  google.protobuf.NullValue nothing = 35;
  string secret = 36;
  string custom = 37 [json_name = "@custom"];
}

message Flat { optional string title = 1; Leaf leaf = 2; }
message Leaf { optional string text = 1; }
message Same { message Input { string x = 1; } string name = 1; }
message Upload { string name = 1; google.api.HttpBody file = 2; }
message Rename {
  string name = 1;
  Leaf leaf = 2;
  int32 count = 3;
  google.protobuf.StringValue note = 4;
}
"""
CLOSED = """
edition = "2023";
package zoo.v1;
option features.enum_type = CLOSED;
enum Door { DOOR_OPEN = 0; DOOR_SHUT = 1; }
message House { Door door = 1; string address = 2 [features.field_presence = LEGACY_REQUIRED]; }
"""


@cache
def pool() -> DescriptorPool:
    """Both files and what they import, compiled once."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "zoo.proto").write_text(PROTO)
        (Path(folder) / "house.proto").write_text(CLOSED)
        return _compiled(Path(folder), "zoo.proto", "house.proto")


def _compiled(folder: Path, *files: str) -> DescriptorPool:
    protos = Path(grpc_tools.__path__[0]) / "_proto"
    roots = [folder, protos, Path(google.api.__path__[0]).parents[1]]
    output = folder / "zoo.binpb"
    arguments = [f"-I{root}" for root in roots] + ["--include_imports", f"-o{output}", *files]
    assert 0 == protoc.main(["protoc", *arguments])
    made = DescriptorPool()
    for file in FileDescriptorSet.FromString(output.read_bytes()).file:
        made.Add(file)
    return made


def message(name: str) -> Descriptor:
    """A message of package zoo.v1."""
    return pool().FindMessageTypeByName(f"zoo.v1.{name}")


def animal(field: str) -> FieldDescriptor:
    """A field of Animal, which has one of every kind."""
    return message("Animal").fields_by_name[field]


def describer(**notes: Described) -> Callable[[Describable], Described]:
    """Describes by short name; all else has no comment. Names are unique enough in these protos."""
    return lambda descriptor: notes.get(descriptor.name, Described())


def plain(options: JsonOptions | None = None, **notes: Described) -> Schemas:
    return Schemas(options or JsonOptions(), describer(**notes))


def component(schemas: Schemas, descriptor: Descriptor, *, writing: bool) -> dict[str, Any]:
    ref = str(schemas.message(descriptor, writing=writing)["$ref"])
    return dict(schemas.components[ref.rpartition("/")[2]])


def check(schemas: Schemas, schema: Schema, value: object) -> None:
    """Raises ValidationError unless the value is valid."""
    whole = {**schema, "components": {"schemas": schemas.components}}
    Draft202012Validator(whole).validate(value)

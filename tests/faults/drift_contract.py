"""One contract in four editions: the BFF's, one older, one newer, and one that broke its promise.

Called by scenarios/drift.py.
"""

from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from bff.codegen import compile_protos

SERVICE = "drift.v1.Shop"
OURS, OLDER, NEWER, BROKEN = "ours", "older", "newer", "broken"
EDITIONS = (OURS, OLDER, NEWER, BROKEN)

PROTO = """\
syntax = "proto3";
package drift.v1;
import "google/api/annotations.proto";

// Things, one by one or as they come.
service Shop {
  rpc Get(Ask) returns (Thing) { option (google.api.http) = { get: "/v1/things/{id}" }; }
  rpc Watch(Ask) returns (stream Thing) {
    option (google.api.http) = { get: "/v1/things/{id}:watch" };
  }
  // An older service does not have it.
  rpc Find(Ask) returns (Thing) { option (google.api.http) = { get: "/v1/finds/{id}" }; }
}

message Ask { string id = 1; }

enum Colour {
  COLOUR_UNSPECIFIED = 0;
  RED = 1;
  %(colour)s
}

message Words { string text = 1; }

message Thing {
  string id = 1;
  %(size)s
  Colour colour = 3;
  repeated Colour colours = 4;
  map<string, Colour> by_name = 5;
  oneof body {
    Words words = 6;
    int32 picture = 7;
    %(arm)s
  }
  Thing inner = 8;
  %(more)s
}
"""
SIZE = "int32 size = 2;"
_PIECES = {
    OURS: {"size": SIZE, "colour": "", "arm": "", "more": "string note = 12;"},
    OLDER: {"size": "", "colour": "", "arm": "", "more": ""},
    NEWER: {
        "size": SIZE,
        "colour": "BLUE = 2;",
        "arm": "Words sound = 9;",
        "more": "string note = 12; repeated Thing others = 10; Words label = 11;",
    },
    BROKEN: {"size": "string size = 2;", "colour": "", "arm": "", "more": "bytes note = 12;"},
}


def write(edition: str, folder: Path) -> Path:
    """Its compiled contract, as a file in `folder`."""
    protos = folder / edition / "drift" / "v1"
    protos.mkdir(parents=True)
    (protos / "shop.proto").write_text(PROTO % _PIECES[edition], encoding="utf-8")
    made = folder / f"{edition}.binpb"
    made.write_bytes(compile_protos(folder / edition))
    return made


def thing_of(descriptors: Path) -> type[Message]:
    """The class of its Thing."""
    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(descriptors.read_bytes()).file:
        pool.Add(file)
    found: type[Message] = GetMessageClass(pool.FindMessageTypeByName("drift.v1.Thing"))
    return found

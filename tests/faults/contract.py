"""What the scripted services speak: protos as text, compiled when a run begins.

Called by site.py (the BFF's descriptor set), echo.py (messages).
"""

from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from bff.codegen import compile_protos

PACKAGE = "faults.v1"
ECHO = f"{PACKAGE}.Echo"
OTHER = f"{PACKAGE}.Other"

PROTO = """\
syntax = "proto3";
package faults.v1;
import "google/api/annotations.proto";

// Says what reached it.
service Echo {
  // A read, which may be repeated.
  rpc Get(Asked) returns (Said) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = { get: "/v1/echo/{id}" };
  }
  // Another read, for what is neither critical nor to be shed.
  rpc Find(Asked) returns (Said) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = { get: "/v1/echo/{id}:find" };
  }
  // A write, which may not.
  rpc Put(Asked) returns (Said) {
    option (google.api.http) = { post: "/v1/echo/{id}" body: "*" };
  }
  // A stream of the same, numbered.
  rpc Watch(Asked) returns (stream Said) {
    option (google.api.http) = { get: "/v1/echo/{id}:watch" };
  }
}

// The same behind an address of its own: what happens to Echo must not be felt here.
service Other {
  rpc Get(Asked) returns (Said) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = { get: "/v1/other/{id}" };
  }
}

message Asked {
  string id = 1;
  string padding = 2;
}

// identity      the x-identity that came with the call
// remaining_ms  how much time the call had left when it came
// replica       who answers
// attempt       how often this replica has seen the id
// number        which message of a stream, from 1
message Said {
  string id = 1;
  string identity = 2;
  string request_id = 3;
  int32 remaining_ms = 4;
  string replica = 5;
  int32 attempt = 6;
  int32 number = 7;
  string padding = 8;
}
"""


def write_descriptors(folder: Path) -> Path:
    """The compiled contract, as a file in `folder`."""
    protos = folder / "protos" / "faults" / "v1"
    protos.mkdir(parents=True, exist_ok=True)
    (protos / "echo.proto").write_text(PROTO, encoding="utf-8")
    made = folder / "faults.binpb"
    made.write_bytes(compile_protos(folder / "protos"))
    return made


@cache
def messages(descriptors: Path) -> tuple[Any, Any]:
    """The classes of Asked and Said."""
    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(descriptors.read_bytes()).file:
        pool.Add(file)
    asked, said = (pool.FindMessageTypeByName(f"{PACKAGE}.{name}") for name in ("Asked", "Said"))
    return GetMessageClass(asked), GetMessageClass(said)

"""buf.validate's options, as far as we read them, and protos that are made for a test.

Called by test_rules.py, test_broken.py, tests/cli/test_advice.py, tests/compose.
Source    buf/validate/validate.proto: the same names, numbers and kinds.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import google.api
import grpc_tools
from google.protobuf.message_factory import GetMessageClass
from grpc_tools import protoc

from bff.contract.catalog import Catalog

_NUMBERS = (
    "float double int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64".split()
)


def _number_rules(kind: str) -> str:
    finite = f"optional bool finite = 8; repeated {kind} example = 9;"
    return f"""message {kind.title()}Rules {{
  optional {kind} const = 1;
  oneof less_than {{ {kind} lt = 2; {kind} lte = 3; }}
  oneof greater_than {{ {kind} gt = 4; {kind} gte = 5; }}
  repeated {kind} in = 6;
  repeated {kind} not_in = 7;
  {finite if kind in ("float", "double") else f"repeated {kind} example = 8;"}
}}"""


_LINES = "\n".join(map(_number_rules, _NUMBERS))
_FIELDS = " ".join(
    f"{kind.title()}Rules {kind} = {number};" for number, kind in enumerate(_NUMBERS, 1)
)
VALIDATE = f"""
syntax = "proto2";
package buf.validate;
import "google/protobuf/descriptor.proto";
extend google.protobuf.MessageOptions {{ optional MessageRules message = 1159; }}
extend google.protobuf.OneofOptions {{ optional OneofRules oneof = 1159; }}
extend google.protobuf.FieldOptions {{ optional FieldRules field = 1159; }}
message Rule {{
  optional string id = 1; optional string message = 2; optional string expression = 3;
}}
message MessageRules {{ repeated Rule cel = 3; repeated MessageOneofRule oneof = 4; }}
message MessageOneofRule {{ repeated string fields = 1; optional bool required = 2; }}
message OneofRules {{ optional bool required = 1; }}
enum Ignore {{ IGNORE_UNSPECIFIED = 0; IGNORE_IF_ZERO_VALUE = 1; IGNORE_ALWAYS = 3; }}
message FieldRules {{
  repeated Rule cel = 23;
  optional bool required = 25;
  optional Ignore ignore = 27;
  oneof type {{
    {_FIELDS}
    BoolRules bool = 13;
    StringRules string = 14;
    BytesRules bytes = 15;
    EnumRules enum = 16;
    RepeatedRules repeated = 18;
    MapRules map = 19;
    TimestampRules timestamp = 22;
  }}
}}
{_LINES}
message BoolRules {{ optional bool const = 1; }}
message StringRules {{
  optional string const = 1;
  optional uint64 len = 19; optional uint64 min_len = 2; optional uint64 max_len = 3;
  optional uint64 len_bytes = 20; optional uint64 min_bytes = 4; optional uint64 max_bytes = 5;
  optional string pattern = 6;
  optional string prefix = 7; optional string suffix = 8;
  optional string contains = 9; optional string not_contains = 23;
  repeated string in = 10; repeated string not_in = 11;
  oneof well_known {{
    bool email = 12; bool hostname = 13; bool ip = 14; bool ipv4 = 15; bool ipv6 = 16;
    bool uri = 17; bool uri_ref = 18; bool address = 21; bool uuid = 22; bool tuuid = 33;
  }}
}}
message BytesRules {{
  optional bytes const = 1;
  optional uint64 len = 13; optional uint64 min_len = 2; optional uint64 max_len = 3;
}}
message EnumRules {{
  optional int32 const = 1; optional bool defined_only = 2;
  repeated int32 in = 3; repeated int32 not_in = 4;
}}
message RepeatedRules {{
  optional uint64 min_items = 1; optional uint64 max_items = 2; optional bool unique = 3;
  optional FieldRules items = 4;
}}
message MapRules {{
  optional uint64 min_pairs = 1; optional uint64 max_pairs = 2;
  optional FieldRules keys = 4; optional FieldRules values = 5;
}}
message TimestampRules {{ optional bool lt_now = 7; }}
"""
_HEAD = """
syntax = "proto3";
package ruled.v1;
import "buf/validate/validate.proto";
import "google/api/annotations.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Genre { GENRE_UNSPECIFIED = 0; GENRE_NOVEL = 1; GENRE_POETRY = 2; }
"""


@cache
def compiled(body: str) -> bytes:
    """The descriptor set of a file whose declarations these are."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "buf" / "validate").mkdir(parents=True)
        (folder / "buf" / "validate" / "validate.proto").write_text(VALIDATE)
        (folder / "ruled.proto").write_text(_HEAD + body)
        roots: Iterable[Any] = [
            folder,
            Path(grpc_tools.__path__[0]) / "_proto",
            Path(google.api.__path__[0]).parents[1],
        ]
        flags = [f"-I{root}" for root in roots] + ["--include_imports", f"-o{folder / 'made'}"]
        assert 0 == protoc.main(["protoc", *flags, "ruled.proto"])
        return (folder / "made").read_bytes()


@cache
def catalog(body: str) -> Catalog:
    """The same, read."""
    return Catalog.of(compiled(body))


def kind(found: Catalog, name: str) -> Any:
    """A message class of ruled.v1."""
    return GetMessageClass(found.pool.FindMessageTypeByName(f"ruled.v1.{name}"))

"""A library's protos, and short ways to bind requests to them.

Called by the binder's tests in this folder.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import google.api
import grpc_tools
import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_tools import protoc

from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.contract.request.bind import Binder
from bff.contract.routes.http_rule import HttpBinding, check_binding
from bff.contract.routes.path_template import PathTemplate
from bff.terms.errors import BadInput
from tests.contract import zoo

PROTO = """
syntax = "proto3";
package library.v1;
import "google/api/httpbody.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";

enum Genre { GENRE_UNSPECIFIED = 0; GENRE_NOVEL = 1; GENRE_POETRY = 2; }
message Author { string author_id = 1; string full_name = 2; Author teacher = 3; }
message Book {
  string book_id = 1;
  string title = 2;
  Author author = 3;
  repeated string tags = 4;
  map<string, string> labels = 5;
  optional int32 pages = 6;
  Genre genre = 7;
  repeated Author editors = 8;
  google.protobuf.Struct facts = 9;
  google.protobuf.Timestamp print_time = 10;
  string shelf_mark = 11 [json_name = "@mark"];
  oneof due { string due_text = 12; google.protobuf.Timestamp due_time = 13; }
  string internal_notes = 14;
  map<string, Author> readers = 15;
  google.protobuf.Any extra = 16;
  google.protobuf.StringValue subtitle = 17;
  repeated Genre genres = 18;
}
message BookRequest {
  string name = 1;
  Book book = 2;
  google.protobuf.FieldMask update_mask = 3;
  repeated string ids = 4;
  int64 number = 5;
  optional string note = 6;
  Genre genre = 7;
  oneof who { string by_id = 8; Author by_author = 9; }
  google.protobuf.Timestamp since = 10;
  google.protobuf.Int64Value limit = 11;
  map<string, int32> counts = 12;
  bytes digest = 13;
  bool draft = 14;
  double ratio = 15;
  string secret = 16;
  google.protobuf.FieldMask read_mask = 17;
  google.protobuf.Value anything = 18;
}
message UpdateRequest { string name = 1; Book book = 2; google.protobuf.FieldMask update_mask = 3; }
message SearchRequest { Book like = 1; google.protobuf.FieldMask read_mask = 2; }
message MaskedRequest { Book book = 1; google.protobuf.FieldMask fields = 2; }
message FactsRequest {
  google.protobuf.Struct facts = 1;
  google.protobuf.FieldMask update_mask = 2;
}
message Upload {
  string name = 1;
  google.api.HttpBody file = 2;
  int32 copies = 3;
  Upload next = 4;
  repeated google.api.HttpBody files = 5;
}
"""
OLD = """
syntax = "proto2";
package library.v1;
import "google/protobuf/field_mask.proto";
message OldPart { required int32 number = 1; optional string note = 2; extensions 100 to 199; }
message OldUpdate { optional OldPart part = 1; optional google.protobuf.FieldMask update_mask = 2; }
message OldRequest {
  required string name = 1;
  optional OldPart part = 2;
  repeated OldPart parts = 3;
  required int32 count = 4;
  map<string, OldPart> by_name = 5;
}
message OldFree { optional string name = 1; extensions 100 to 199; }
extend OldFree { optional OldPart extra = 100; }
"""
HIDDEN = frozenset(
    {"library.v1.Book.internal_notes", "library.v1.BookRequest.secret", "zoo.v1.Animal.secret"}
)
JSON = "application/json"


@cache
def _pool() -> DescriptorPool:
    with TemporaryDirectory() as folder:
        sources = {"library.proto": PROTO, "old.proto": OLD}
        for name, text in sources.items():
            (Path(folder) / name).write_text(text)
        roots = [
            folder,
            Path(grpc_tools.__path__[0]) / "_proto",
            Path(google.api.__path__[0]).parents[1],
        ]
        output = Path(folder) / "library.binpb"
        flags = [f"-I{root}" for root in roots] + ["--include_imports", f"-o{output}"]
        assert 0 == protoc.main(["protoc", *flags, *sources])
        made = DescriptorPool()
        for file in FileDescriptorSet.FromString(output.read_bytes()).file:
            made.Add(file)
        return made


def kind(name: str) -> Any:
    """A message class of library.v1, or "Animal", which has one of every kind of field."""
    if name == "Animal":
        return GetMessageClass(zoo.message(name))
    return GetMessageClass(_pool().FindMessageTypeByName(f"library.v1.{name}"))


def binding(rule: str, body: str = "") -> HttpBinding:
    method, _, template = rule.partition(" ")
    return HttpBinding(
        method=method,
        template=PathTemplate.parse(template),
        body=body,
        response_body="",
        index=0,
    )


def binder(
    name: str,
    rule: str = "GET /x",
    body: str = "",
    *,
    required: Iterable[str] = (),
    ignored: Iterable[str] = (),
    limits: JsonLimits | None = None,
    **options: Any,
) -> Binder:
    """Of a message and "METHOD /template"; `required` are full names without the package."""
    limits = limits or JsonLimits()
    wanted = {f"library.v1.{one}" for one in required}

    def is_required(field: FieldDescriptor) -> bool:
        return field.full_name in wanted

    rule_binding = binding(rule, body)
    request = kind(name)
    assert [] == check_binding(rule_binding, request.DESCRIPTOR, request.DESCRIPTOR)
    return Binder(
        request,
        rule_binding,
        codec=Codec(JsonOptions(omit_sensitive=HIDDEN, **options), limits),
        limits=limits,
        ignored_parameters=frozenset(ignored),
        required=is_required,
    )


def query(text: str, name: str = "Animal", **settings: Any) -> Any:
    """The message that a query alone makes."""
    return binder(name, **settings).bind((), text, b"")


def refusal(made: Binder, *values: str, query: str = "", body: bytes = b"") -> BadInput:
    """How a JSON request is refused."""
    with pytest.raises(BadInput) as caught:
        made.bind(values, query, body, content_type=JSON)
    return caught.value


def refused_query(text: str, name: str = "Animal", **settings: Any) -> tuple[str, str]:
    """(reason, the parameter that is named)."""
    found = refusal(binder(name, **settings), query=text)
    return found.reason, found.violations[0].path

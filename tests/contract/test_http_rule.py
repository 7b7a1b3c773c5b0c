"""google.api.http rules: read, checked, and every mistake told at boot (transcoding 1.1, 1.3)."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from google.api import http_pb2
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_tools import protoc

from bff.contract.routes.http_rule import HttpBinding, bindings_of, check_binding
from bff.contract.routes.path_template import PathTemplate
from bff.terms.mistakes import ContractMistakes

PROTO = """
syntax = "proto3";
package t;
import "google/api/http.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";

enum Kind { KIND_UNSPECIFIED = 0; }
message Todo { string id = 1; string title = 2; Todo parent = 3; }
message Request {
  string todo_id = 1;
  int64 count = 2;
  bytes data = 3;
  Kind kind = 4;
  Todo todo = 5;
  google.protobuf.Timestamp create_time = 6;
  google.protobuf.Duration ttl = 7;
  google.protobuf.FieldMask mask = 8;
  google.protobuf.Int32Value limit = 9;
  google.protobuf.Struct extra = 10;
  repeated string tags = 11;
  repeated Todo todos = 12;
  map<string, string> labels = 13;
  oneof choice { string left = 14; string right = 15; Todo deep = 16; }
  optional string note = 17;
}
"""


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> DescriptorPool:
    """The proto above and google.api.HttpRule in a pool of their own."""
    folder: Path = tmp_path_factory.mktemp("protos")
    (folder / "t.proto").write_text(PROTO)
    includes = [folder, files("grpc_tools") / "_proto", Path(http_pb2.__file__).parents[2]]
    out = folder / "set.binpb"
    flags = [f"-I{include}" for include in includes]
    protoc.main(["protoc", *flags, "--include_imports", f"--descriptor_set_out={out}", "t.proto"])
    made = DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file:
        made.Add(file)
    return made


@pytest.fixture
def request_type(pool: DescriptorPool) -> Descriptor:
    return pool.FindMessageTypeByName("t.Request")


@pytest.fixture
def rule_class(pool: DescriptorPool) -> Any:
    """google.api.HttpRule of the private pool: not the class that an installed package has."""
    return GetMessageClass(pool.FindMessageTypeByName("google.api.HttpRule"))


def mistakes_of(rule: Any) -> list[str]:
    with pytest.raises(ContractMistakes) as caught:
        bindings_of(rule)
    return [mistake.what for mistake in caught.value.exceptions]


def binding(text: str, *, body: str = "", response_body: str = "") -> HttpBinding:
    """A binding from "GET /a/{x}"."""
    method, path = text.split(" ", 1)
    template = PathTemplate.parse(path)
    return HttpBinding(
        method=method, template=template, body=body, response_body=response_body, index=0
    )


def wrong(one: HttpBinding, message: Descriptor) -> list[str]:
    return [mistake.what for mistake in check_binding(one, message, message)]


# --- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["get", "put", "post", "delete", "patch"])
def test_pt1_a_rule_is_a_method_and_a_path(rule_class: Any, kind: str) -> None:
    rule = rule_class(**{kind: "/v1/{x}"}, body="b", response_body="r")

    expected = binding(f"{kind.upper()} /v1/{{x}}", body="b", response_body="r")

    assert (expected,) == bindings_of(rule)


def test_pt14_additional_bindings_keep_their_order_and_their_own_bodies(rule_class: Any) -> None:
    rule = rule_class(
        get="/a",
        additional_bindings=[
            rule_class(post="/b", body="*"),
            rule_class(put="/c", body="todo", response_body="todo"),
        ],
    )

    told = [(str(one), one.body, one.response_body, one.index) for one in bindings_of(rule)]

    assert [("GET /a", "", "", 0), ("POST /b", "*", "", 1), ("PUT /c", "todo", "todo", 2)] == told


def test_pt14_additional_bindings_of_additional_bindings_are_a_mistake(rule_class: Any) -> None:
    inner = rule_class(get="/b", additional_bindings=[rule_class(get="/c")])

    (told,) = mistakes_of(rule_class(get="/a", additional_bindings=[inner]))

    assert "additional binding 1 has additional bindings" in told


@pytest.mark.parametrize("kind", ["HEAD", "OPTIONS", "TRACE", "PURGE", "*", "x-y"])
def test_pt15_a_custom_kind_is_any_method(rule_class: Any, kind: str) -> None:
    (one,) = bindings_of(rule_class(custom={"kind": kind, "path": "/a"}))

    assert f"{kind} /a" == str(one)


@pytest.mark.parametrize(
    "kind, sentence", [("", "no HTTP method"), ("A B", "no HTTP method"), ("head", "write HEAD")]
)
def test_pt15_a_kind_that_no_request_can_have_is_a_mistake(
    rule_class: Any, kind: str, sentence: str
) -> None:
    (told,) = mistakes_of(rule_class(custom={"kind": kind, "path": "/a"}))

    assert sentence in told


def test_every_mistake_of_a_rule_is_told_at_once(rule_class: Any) -> None:
    rule = rule_class(
        get="a", additional_bindings=[rule_class(), rule_class(post="/b/"), rule_class(put="/ok")]
    )

    told = mistakes_of(rule)

    assert 3 == len(told)
    assert "additional binding 1 has no path" in told[0]
    assert "'/b/'" in told[1]
    assert "'a'" in told[2]


def test_a_rule_without_a_path_is_a_mistake(rule_class: Any) -> None:
    (told,) = mistakes_of(rule_class(body="*"))

    assert told.startswith("the rule has no path")


# --- path variables ------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["todo_id", "count", "data", "kind", "left", "note"])
def test_pt8_a_path_variable_is_a_scalar_or_an_enum(request_type: Descriptor, field: str) -> None:
    """PT8, PT10: also in a oneof, also `optional`."""
    assert [] == wrong(binding(f"GET /a/{{{field}}}"), request_type)


@pytest.mark.parametrize("field", ["create_time", "ttl", "mask", "limit", "todo.parent.id"])
def test_pt8_a_path_variable_is_what_json_writes_as_a_scalar(
    request_type: Descriptor, field: str
) -> None:
    """PT8, PT9: also in a message in a message."""
    assert [] == wrong(binding(f"GET /a/{{{field}}}"), request_type)


@pytest.mark.parametrize(
    "field, sentence",
    [
        ("nope", "t.Request has no field `nope`"),
        ("todoId", "did you mean `todo_id`?"),
        ("todo.nope", "t.Todo has no field `nope`"),
        ("todo_id.x", "`t.Request.todo_id` is a scalar; a path ends there"),
        ("todos.id", "`t.Request.todos` is repeated"),
        ("labels.key", "`t.Request.labels` is repeated"),
        ("tags", "is repeated"),
        ("todos", "is repeated"),
        ("labels", "is a map"),
        ("todo", "is a message, t.Todo"),
        ("extra", "is a message, google.protobuf.Struct"),
    ],
)
def test_pt8_a_path_variable_that_no_segment_can_fill_is_a_mistake(
    request_type: Descriptor, field: str, sentence: str
) -> None:
    """PT7, PT8."""
    (told,) = wrong(binding(f"GET /a/{{{field}}}"), request_type)

    assert f"GET /a/{{{field}}}: path variable `{field}`" in told
    assert sentence in told


# --- bodies --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, body",
    [
        ("POST /a", "*"),
        ("POST /a/{todo.id}", "*"),
        ("PATCH /a/{todo.id}", "todo"),  # the path wins over the body (PM16)
        ("POST /a", "todo.parent"),  # BD5
        ("POST /a/{todo.id}", "todo.title"),
        ("POST /a", "todo_id"),  # BD4: any kind of field
        ("POST /a", "tags"),
        ("POST /a", "todos"),
        ("POST /a", "labels"),
        ("POST /a", "extra"),
        ("DELETE /a", "*"),
        ("* /a", "*"),
    ],
)
def test_bd2_a_body_is_any_field_of_the_request(
    request_type: Descriptor, text: str, body: str
) -> None:
    """BD1, BD2, BD4, BD5."""
    assert [] == wrong(binding(text, body=body), request_type)


@pytest.mark.parametrize(
    "text, body, sentence",
    [
        ("POST /a", "nope", "has no field `nope`"),
        ("POST /a", "createTime", "did you mean `create_time`?"),  # BD2: proto names only
        ("POST /a", "todos.id", "is repeated"),
        ("POST /a", "todo.", "has no field ``"),
        ("POST /a", "**", "has no field `**`"),
        ("GET /a", "*", "a GET has no body"),
        ("HEAD /a", "todo", "a HEAD has no body"),
        ("POST /a/{todo_id}", "todo_id", "set the same field"),
        ("POST /a/{todo.id}", "todo.id", "set the same field"),
        ("POST /a/{create_time}", "create_time.seconds", "set the same field"),
        ("POST /a/{create_time.seconds}", "create_time", "set the same field"),
        ("POST /a/{left}", "right", "set two members of the oneof `choice`"),
        ("POST /a/{left}", "deep.parent", "set two members of the oneof `choice`"),
    ],
)
def test_bd2_a_body_that_can_not_be_filled_is_a_mistake(
    request_type: Descriptor, text: str, body: str, sentence: str
) -> None:
    (told,) = wrong(binding(text, body=body), request_type)

    assert sentence in told


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("GET /a/{left}/{right}", "set two members of the oneof `choice`"),
        ("GET /a/{deep.id}/{left}", "set two members of the oneof `choice`"),
        ("GET /a/{create_time}/{create_time.seconds}", "set the same field"),
        ("GET /a/{create_time.seconds}/{create_time}", "set the same field"),
    ],
)
def test_pt7_two_variables_that_can_not_both_be_kept_are_a_mistake(
    request_type: Descriptor, text: str, sentence: str
) -> None:
    (told,) = wrong(binding(text), request_type)

    assert sentence in told


def test_bd12_a_response_body_is_any_field_of_the_reply(request_type: Descriptor) -> None:
    """BD12: message, scalar, repeated; nested as `body` may be."""
    for field in ("todo", "todo_id", "tags", "todo.title"):
        assert [] == wrong(binding("GET /a", response_body=field), request_type)


@pytest.mark.parametrize("field, sentence", [("nope", "no field `nope`"), ("*", "leave it out")])
def test_bd12_a_response_body_that_is_no_field_is_a_mistake(
    request_type: Descriptor, field: str, sentence: str
) -> None:
    (told,) = wrong(binding("GET /a", response_body=field), request_type)

    assert sentence in told


def test_every_mistake_of_a_binding_is_told_at_once(request_type: Descriptor) -> None:
    one = binding("GET /a/{nope}/{tags}", body="missing", response_body="gone")

    assert 5 == len(wrong(one, request_type))

"""Types of many fields: what the native reader remembers of an object no longer fits its frame."""

from functools import cache
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from bff.contract.json_options import JsonLimits, JsonOptions
from tests.contract.codec.engines import needs_native
from tests.contract.codec.native_reading import agree, native

pytestmark = needs_native

LIMITS = JsonLimits(nodes=1_000_000, body_bytes=100_000_000)
MANY = 1_000


@cache
def wide() -> Any:
    """A message of 1,000 integers, one list of itself, and a oneof whose arms come last."""
    message = DescriptorProto(name="Wide")
    message.oneof_decl.add(name="choice")
    optional, repeated = FieldDescriptorProto.LABEL_OPTIONAL, FieldDescriptorProto.LABEL_REPEATED
    integer, text = FieldDescriptorProto.TYPE_INT32, FieldDescriptorProto.TYPE_STRING
    for number in range(1, MANY + 1):
        message.field.add(name=f"f{number}", number=number, label=optional, type=integer)
    message.field.add(
        name="inner",
        number=MANY + 1,
        label=repeated,
        type=FieldDescriptorProto.TYPE_MESSAGE,
        type_name=".wide.Wide",
    )
    for number, name in ((90_000_001, "one"), (536_870_911, "other")):
        message.field.add(name=name, number=number, label=optional, type=text, oneof_index=0)
    pool = DescriptorPool()
    file = FileDescriptorProto(name="wide.proto", package="wide", syntax="proto3")
    file.message_type.append(message)
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("wide.Wide"))


def test_every_field_is_read_and_every_tag_width_is_written():
    members = ",".join(f'"f{number}":{number}' for number in range(1, MANY + 1))

    assert agree(wide(), f'{{{members},"other":"x"}}'.encode())
    assert agree(wide(), b'{"one":"x","inner":[{"other":"y"},{"one":null,"other":""}]}')


@pytest.mark.parametrize(
    "text",
    [
        b'{"f1000":1,"f1":1,"f1000":1}',
        b'{"one":"","other":""}',
        b'{"inner":[{"one":"","other":""}]}',
        b'{"inner":[],"inner":[]}',
    ],
)
def test_what_stands_twice_is_found_wherever_it_is(text):
    assert native(wide(), text) is None


def test_each_object_begins_with_nothing_seen():
    assert agree(
        wide(),
        b'{"inner":[%s]}' % b",".join([b'{"f999":1,"one":"x"}'] * 2_000),
        JsonOptions(),
        LIMITS,
    )

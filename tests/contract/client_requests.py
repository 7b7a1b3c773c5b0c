"""Requests as an independent client makes them: google.api_core's transcoding, the other way round.

    messages(rpc, binding)  random request messages, of what a client can say in a URL and a body
    sent(message, binding)  the HTTP request that google's generated REST clients make of one

Called by tests/contract/test_binder_oracle.py.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from google.api_core import path_template, rest_helpers
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

from bff.contract.catalog import RpcMethod
from bff.contract.routes.http_rule import HttpBinding
from tests.contract.zoo_messages import filled, nanos, scalars

JSON_ONLY = frozenset(
    f"google.protobuf.{one}" for one in ("Any", "Empty", "ListValue", "Struct", "Value")
)
"""Google's clients flatten their JSON into names that no field has, or drop them."""
HTTP_BODY = "google.api.HttpBody"


@dataclass(frozen=True, slots=True)
class Sent:
    """One HTTP request."""

    method: str
    path: str
    query: str
    body: bytes
    content_type: str


def sent(message: Any, binding: HttpBinding) -> Sent:
    """As a generated client sends it, with raw bytes for an HttpBody."""
    option = {"method": binding.method.lower(), "uri": binding.template.text}
    if binding.body:
        option["body"] = binding.body
    made = path_template.transcode([option], message)
    flat = rest_helpers.flatten_query_params(_json(made["query_params"]), strict=True)
    body, kind = b"", ""
    if "body" in made and made["body"].DESCRIPTOR.full_name == HTTP_BODY:
        body, kind = made["body"].data, made["body"].content_type
    elif "body" in made:
        body, kind = json.dumps(_json(made["body"])).encode(), "application/json"
    return Sent(made["method"].upper(), made["uri"], urlencode(flat), body, kind)


def _json(message: Message) -> Any:
    return json.loads(json_format.MessageToJson(message))


@st.composite
def messages(draw: st.DrawFn, rpc: RpcMethod, binding: HttpBinding, skip: frozenset[str]) -> Any:
    """A request whose path fields are filled, and whose query fields fit into a query.

    skip  names of fields that no client can send
    """
    message: Any = rpc.request()
    for field in rpc.request.DESCRIPTOR.fields:
        if field.name in skip:
            continue
        if binding.body in ("*", field.name):
            _fill_body(draw, message, field, skip)
        elif draw(st.booleans()):
            _fill_query(draw, message, field, 2)
    for variable in binding.template.variables:
        parent = message
        for name in variable.field_path[:-1]:
            parent = getattr(parent, name)
        field = parent.DESCRIPTOR.fields_by_name[variable.field_path[-1]]
        is_text = field.type == FieldDescriptor.TYPE_STRING
        value = _path_texts(binding, variable) if is_text else scalars(field)
        setattr(parent, field.name, draw(value))
    _fill_masks(draw, message, binding, skip)
    return message


def _path_texts(binding: HttpBinding, variable: Any) -> st.SearchStrategy[str]:
    parts = binding.template.segments[variable.start : variable.end]
    return st.tuples(*(_segment_texts(part) for part in parts)).map("/".join)


def _segment_texts(part: str) -> st.SearchStrategy[str]:
    """Any text that is one segment: a slash would be another one, for these clients."""
    if part == "**":
        return st.lists(_segment_texts("*"), min_size=1, max_size=3).map("/".join)
    texts = st.text(st.characters(exclude_characters="/", exclude_categories=["C"]), min_size=1)
    plain = texts.filter(lambda text: text not in (".", "..", "*", "**") and text[0] != "{")
    return plain if part == "*" else st.just(part)


def _fill_body(draw: st.DrawFn, message: Any, field: FieldDescriptor, skip: frozenset[str]) -> None:
    """Whatever JSON can say. A body field is always there: a client sends `{}` for nothing."""
    if field.message_type is None or field.is_repeated:
        whole = draw(filled(type(message)(), 1, skip))
        single = type(message)()
        _copy(whole, single, field)
        message.MergeFrom(single)
        return
    if field.message_type.full_name == HTTP_BODY:
        body = getattr(message, field.name)
        body.data = draw(st.binary())
        body.content_type = draw(st.sampled_from(["", "image/png", "text/html; charset=utf-8"]))
        body.SetInParent()
        return
    inner = draw(filled(GetMessageClass(field.message_type)(), 2, skip))
    getattr(message, field.name).CopyFrom(inner)


def _copy(whole: Any, single: Any, field: FieldDescriptor) -> None:
    if field.is_repeated:
        getattr(single, field.name).MergeFrom(getattr(whole, field.name))
    elif not field.has_presence or whole.HasField(field.name):
        setattr(single, field.name, getattr(whole, field.name))


def _fill_query(draw: st.DrawFn, message: Any, field: FieldDescriptor, depth: int) -> None:
    """What flattening keeps: no maps, no lists of messages, no message without a field."""
    kind = field.message_type
    if kind is None:
        if field.is_repeated:
            getattr(message, field.name).extend(draw(st.lists(scalars(field), max_size=3)))
        elif field.enum_type is None or field.enum_type.full_name != "google.protobuf.NullValue":
            setattr(message, field.name, draw(scalars(field)))
        return
    if field.is_repeated or kind.full_name in JSON_ONLY or not depth:
        return
    if kind.full_name.startswith("google.protobuf."):
        _fill_known(draw, getattr(message, field.name))
        return
    inner = GetMessageClass(kind)()
    for one in kind.fields:
        if draw(st.booleans()):
            _fill_query(draw, inner, one, depth - 1)
    if list(_leaves(inner)):
        getattr(message, field.name).CopyFrom(inner)


def _fill_known(draw: st.DrawFn, target: Any) -> None:
    name = target.DESCRIPTOR.name
    if name == "Timestamp":
        target.seconds, target.nanos = draw(st.integers(-62135596800, 253402300799)), draw(nanos)
    elif name == "Duration":
        target.seconds, target.nanos = draw(st.integers(0, 315576000000 - 1)), draw(nanos)
    elif name == "FieldMask":
        target.paths.extend(draw(st.lists(st.sampled_from(["a", "b_c.d"]), min_size=1)))
    else:
        target.value = draw(scalars(target.DESCRIPTOR.fields_by_name["value"]))
        target.SetInParent()


def _leaves(message: Message) -> Iterator[object]:
    """Values that flattening keeps: an empty message inside is nothing."""
    for field, value in message.ListFields():
        plain = field.message_type is None or field.message_type.file.package == "google.protobuf"
        if plain:
            yield value
        else:
            yield from _leaves(value)


def _fill_masks(draw: st.DrawFn, message: Any, binding: HttpBinding, skip: frozenset[str]) -> None:
    """An update's mask names fields of its resource; one that is empty is not sent at all."""
    for field in message.DESCRIPTOR.fields:
        if (
            field.message_type is None
            or field.message_type.full_name.rpartition(".")[2] != "FieldMask"
        ):
            continue
        resources = [
            one
            for one in message.DESCRIPTOR.fields
            if one.message_type is not None
            and not one.is_repeated
            and one.message_type.file.package != "google.protobuf"
            and binding.body in ("*", one.name)
        ]
        message.ClearField(field.name)
        names = [
            one.name
            for resource in resources[:1]
            for one in resource.message_type.fields
            if _can_be_named(one, skip)
        ]
        if names:
            chosen = st.lists(st.sampled_from(names), min_size=1, max_size=4)
            getattr(message, field.name).paths.extend(draw(chosen))


def _can_be_named(field: FieldDescriptor, skip: frozenset[str]) -> bool:
    """A mask's JSON is lowerCamel: `line_2` has none."""
    return field.name not in skip and not any(
        part[:1].isdigit() or not part for part in field.name.split("_")
    )

"""Every rpc answers, and every secret is really in the raw replies, so that a scan can find it."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection
from grpc_reflection.v1alpha import reflection_pb2 as asks

from fake_services.systems import descriptors, methods
from generated.bff.v1 import options_pb2
from tests.fake_services.phone import CallSystem, Phone

# What a caller must say; every other rpc is content with an empty request.
SANE = {
    "user_id": "ada",
    "owner_id": "ada",
    "product_id": "p-1",
    "todo_id": "t-1",
    "team_id": "team-1",
    "project_id": "project-1",
    "comment_id": "c-1",
    "post_id": "post-1",
    "review_id": "r-1",
    "purchase_id": "o-1",
    "activity_id": "a-ada-1",
    "notification_id": "n-ada-1",
    "recommendation_id": "rec-ada-1",
    "user_ids": ["ada", "cleo"],
    "owner_ids": ["ada", "cleo"],
    "product_ids": ["p-1"],
    "todo_ids": ["t-1"],
    "team_ids": ["team-1"],
    "project_ids": ["project-1"],
    "post_ids": ["post-1"],
    "page_size": 2,
    "limit": 2,
    "after_sequence": 0,
    "todo": {"title": "Été 🌻"},
    "content": {"content_type": "text/plain", "data": b"hello"},
}


Answers = dict[str, list[Message]]


async def sane_request(phone: Phone, rpc: str) -> dict[str, Any]:
    """A request that the rpc should like."""
    fields = phone.request(rpc).DESCRIPTOR.fields_by_name
    asked = {name: SANE[name] for name in fields if name in SANE}
    if "code" in fields or ("codes" in fields and "owner_id" not in fields):
        links = await phone.ask("shortener.links.v1.LinkService/ListLinks", page_size=1)
        code = links.links[0].short_code
        asked |= {"code": code} if "code" in fields else {"codes": [code]}
    if rpc.endswith("/DeleteTodo"):
        asked["todo_id"] = "t-2"
    if rpc.endswith("/ListPurchases"):
        del asked["product_id"]
    return asked


async def answers(phone: Phone, rpc: str) -> list[Message]:
    """All replies to a sane request."""
    service, _, name = rpc.partition("/")
    method = next(d for d in descriptors() if d.full_name == service).methods_by_name[name]
    asked = await sane_request(phone, rpc)
    if name == "GetAttachment":
        await phone.ask("todos.v1.TodoService/PutAttachment", **SANE_FILE)
    if method.server_streaming:
        return [reply async for reply in phone.stream(rpc, **asked)]
    if method.client_streaming:
        return [await phone.send(rpc, [phone.request(rpc, **asked)])]
    return [await phone.ask(rpc, **asked)]


SANE_FILE = {"todo_id": "t-1", "content": SANE["content"]}


def messages_in(message: Message) -> Iterator[Message]:
    """The message and all messages inside it."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        for inner in value if field.is_repeated else [value]:
            yield from messages_in(inner)


def is_sensitive(field: FieldDescriptor) -> bool:
    return bool(field.GetOptions().Extensions[cast("Any", options_pb2.sensitive)])


def sensitive_fields(message: Message) -> list[FieldDescriptor]:
    fields = cast("list[FieldDescriptor]", message.DESCRIPTOR.fields)
    return [field for field in fields if is_sensitive(field)]


@pytest.fixture
async def all_answers(call_system: CallSystem) -> Answers:
    phone = await call_system()
    return {rpc: await answers(phone, rpc) for rpc in methods()}


async def test_every_rpc_answers_a_sane_request(all_answers: Answers) -> None:
    """An empty message would be as good as no answer; only DeleteTodo has nothing to say."""
    silent = [rpc for rpc, said in all_answers.items() if not any(one.ByteSize() for one in said)]

    assert ["todos.v1.TodoService/DeleteTodo"] == silent


async def test_every_sensitive_field_carries_a_canary(all_answers: Answers) -> None:
    """A field that is empty in every reply could leak unseen."""
    seen, filled = set(), set()
    for reply in (reply for said in all_answers.values() for reply in said):
        for message in messages_in(reply):
            for field in sensitive_fields(message):
                seen.add(field.full_name)
                value = getattr(message, field.name)
                filled |= {field.full_name} if "CANARY-" in str(value) else set()

    assert seen == filled
    assert {"identity.users.v1.User.password_hash", "shop.pricing.v1.Price.cost_price"} <= seen


def test_every_resource_has_a_sensitive_field() -> None:
    """Whatever Get returns holds something that no client may see."""
    resources = {
        method.output_type
        for service in descriptors()
        for method in service.methods
        if method.name.startswith("Get") and method.output_type.file.package != "google.api"
    }

    bare = [one.full_name for one in resources if not any(map(is_sensitive, one.fields))]

    assert (True, []) == (len(resources) >= 17, bare)


async def test_the_canary_names_its_owner(call_system: CallSystem) -> None:
    phone = await call_system("todos", "shortener")

    ada = await phone.ask("identity.users.v1.UserService/GetUser", user_id="ada")

    assert "CANARY-password-hash-ada" == ada.password_hash


async def test_services_answer_health_and_reflection(call_system: CallSystem) -> None:
    """`/readyz` and `--reflect` stand on these two."""
    phone = await call_system("todos")
    channel = phone.channel("todos.v1.TodoService")
    check: Any = channel.unary_unary("/grpc.health.v1.Health/Check")
    ask: Any = channel.stream_stream(f"/{reflection.SERVICE_NAME}/ServerReflectionInfo")

    health = await check(
        health_pb2.HealthCheckRequest(service="todos.v1.TodoService").SerializeToString()
    )
    listing = asks.ServerReflectionRequest(list_services="").SerializeToString()
    replies = [asks.ServerReflectionResponse.FromString(r) async for r in ask(iter([listing]))]

    assert "SERVING" == health_pb2.HealthCheckResponse.ServingStatus.Name(
        health_pb2.HealthCheckResponse.FromString(health).status
    )
    assert "todos.v1.TodoService" in [s.name for s in replies[0].list_services_response.service]

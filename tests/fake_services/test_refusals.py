"""How services say no: the code, and the field that the caller must mend."""

from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status

from fake_services.identity import UserService
from fake_services.server import running
from tests.fake_services.phone import CallSystem, Phone

USERS = "identity.users.v1.UserService/ListUsers"


def named_field(error: grpc.aio.AioRpcError) -> str:
    """The field in the error's google.rpc.BadRequest detail."""
    status = Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
    detail = BadRequest()
    status.details[0].Unpack(detail)
    return str(detail.field_violations[0].field)


@pytest.mark.parametrize(
    "rpc,fields,field",
    [
        ("identity.users.v1.UserService/GetUser", {}, "user_id"),
        ("identity.users.v1.UserService/BatchGetUsers", {}, "user_ids"),
        ("identity.users.v1.UserService/BatchGetUsers", {"user_ids": ["ada"] * 101}, "user_ids"),
        (USERS, {"page_size": -1}, "page_size"),
        (USERS, {"page_token": "made up"}, "page_token"),
        (USERS, {"page_token": "AAAAAAAAAAAAAAAAAAAA"}, "page_token"),
        ("shortener.links.v1.LinkService/GetLink", {}, "code"),
        ("shortener.stats.v1.StatsService/BatchGetDailyClicks", {}, "codes"),
        (
            "shortener.stats.v1.StatsService/BatchGetDailyClicks",
            {"owner_id": "ada", "days": 91},
            "days",
        ),
        ("todos.v1.TodoService/CreateTodo", {"todo": {"title": " "}}, "todo.title"),
        ("todos.v1.TodoService/CreateTodo", {"todo": {"title": "x" * 201}}, "todo.title"),
        (
            "todos.v1.TodoService/CreateTodo",
            {"todo": {"title": "x", "checklist": [{"text": "y"}, {}]}},
            "todo.checklist[1].text",
        ),
        (
            "todos.v1.TodoService/UpdateTodo",
            {"todo_id": "t-1", "todo": {}, "update_mask": {"paths": ["colour"]}},
            "update_mask",
        ),
    ],
)
async def test_a_wrong_field_is_named(
    call_system: CallSystem, rpc: str, fields: dict[str, Any], field: str
) -> None:
    """AIP-193: INVALID_ARGUMENT says which field, in words and in a google.rpc.BadRequest."""
    error = await (await call_system("shortener", "todos")).refused(rpc, **fields)

    assert ("INVALID_ARGUMENT", field) == (error.code().name, named_field(error))


@pytest.mark.parametrize(
    "rpc,fields",
    [
        ("identity.users.v1.UserService/GetUser", {"user_id": "nobody"}),
        ("shop.catalog.v1.CatalogService/GetProduct", {"product_id": "p-401"}),
        ("shop.reviews.v1.ReviewService/ListReviews", {"product_id": "p-401"}),
        ("todos.v1.TodoService/GetTodo", {"todo_id": "t-0"}),
        ("todos.v1.TodoService/GetTodo", {"todo_id": "t-٣"}),
        ("todos.v1.TodoService/GetAttachment", {"todo_id": "t-1"}),
        ("activity.feed.v1.FeedService/GetActivity", {"activity_id": "a-nobody-1"}),
        ("shortener.stats.v1.StatsService/GetTotals", {"owner_id": "nobody"}),
    ],
)
async def test_what_is_not_there_is_not_found(
    call_system: CallSystem, rpc: str, fields: dict[str, Any]
) -> None:
    assert "NOT_FOUND" == (await (await call_system()).refused(rpc, **fields)).code().name


async def test_a_batch_leaves_out_what_it_does_not_know(call_system: CallSystem) -> None:
    phone = await call_system("todos", "shop")

    users = await phone.ask(
        "identity.users.v1.UserService/BatchGetUsers", user_ids=["bob", "nobody", "ada"]
    )

    assert ["bob", "ada"] == [user.user_id for user in users.users]


async def test_a_token_belongs_to_its_list(call_system: CallSystem) -> None:
    """AIP-158: a token with other filters than it was made with is refused."""
    phone = await call_system("shortener")
    links = "shortener.links.v1.LinkService/ListLinks"
    token = (await phone.ask(links, owner_id="ada")).next_page_token

    error = await phone.refused(links, owner_id="bob", page_token=token)

    assert "page_token" == named_field(error)


async def test_a_huge_page_is_cut_to_a_hundred(call_system: CallSystem) -> None:
    """AIP-158: too large a page size is no error."""
    page = await (await call_system("shortener")).ask(USERS, page_size=1_000_000)

    assert 100 == len(page.users)


async def test_an_rpc_or_a_service_that_nobody_fakes_yet_is_unimplemented(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A service team adds it to the proto first, and the demo starts all the same."""
    monkeypatch.delattr(UserService, "ListUsers")
    async with running(systems=("projects",), empty=("a.New",)) as services:
        phone = Phone(services)
        new: Any = phone.channel("a.New").unary_unary("/a.New/Get")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await new(b"", timeout=5)
        added = await phone.refused(USERS)
        await phone.hang_up()
    unimplemented = grpc.StatusCode.UNIMPLEMENTED
    assert (unimplemented, unimplemented) == (caught.value.code(), added.code())

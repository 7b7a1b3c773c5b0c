"""The BFF that a good engineer writes by hand: FastAPI, grpc.aio stubs, json_format.

Why       It is what this project replaces, so it is kept honest: async stubs, one channel for each
          service, deadlines, errors mapped, calls of a screen in parallel; uvicorn with uvloop and
          httptools, its access log off.
Called by uvicorn, as `bench.peers.fastapi_peer:tutorial` or `:tuned` (--factory).
Source    FastAPI's documentation, "Return a Response Directly"; grpc.aio's, "Performance".
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

import bench_pb2
import bench_pb2_grpc
import grpc
import orjson
from fastapi import FastAPI, HTTPException, Request, Response
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError

TIMEOUT_S = 2.0
HTTP: Mapping[Any, int] = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
}

Render = Callable[[dict[str, Any]], Any]
Reply = TypeVar("Reply")


def tutorial() -> FastAPI:
    """Returns dicts, as in FastAPI's tutorial: it encodes them itself."""
    return _app(lambda document: document)


def tuned() -> FastAPI:
    """Returns whole responses, encoded by orjson: the first thing that a profile says to do."""
    return _app(lambda document: Response(orjson.dumps(document), media_type="application/json"))


class _Stubs:
    """One stub a service, each on a channel of its own."""

    def __init__(self, channels: list[grpc.aio.Channel]) -> None:
        users, links, items = channels
        self.users = bench_pb2_grpc.UserServiceStub(users)
        self.links = bench_pb2_grpc.LinkServiceStub(links)
        self.items = bench_pb2_grpc.ItemServiceStub(items)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        targets = os.environ["BENCH_TARGETS"].split(",")
        channels = [
            await stack.enter_async_context(grpc.aio.insecure_channel(one)) for one in targets
        ]
        app.state.stubs = _Stubs(channels)
        yield


async def _asked(call: Awaitable[Reply]) -> Reply:
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        raise HTTPException(HTTP.get(error.code(), 500), error.details()) from error


def _user(app: FastAPI, user_id: str) -> Awaitable[Any]:
    request = bench_pb2.GetUserRequest(user_id=user_id)
    return _asked(app.state.stubs.users.GetUser(request, timeout=TIMEOUT_S))


def _links(app: FastAPI, user_id: str, page_size: int) -> Awaitable[Any]:
    request = bench_pb2.ListLinksRequest(user_id=user_id, page_size=page_size)
    return _asked(app.state.stubs.links.ListLinks(request, timeout=TIMEOUT_S))


def _items(app: FastAPI, user_id: str, page_size: int) -> Awaitable[Any]:
    request = bench_pb2.ListItemsRequest(user_id=user_id, page_size=page_size)
    return _asked(app.state.stubs.items.ListItems(request, timeout=TIMEOUT_S))


def _app(render: Render) -> FastAPI:
    app = FastAPI(lifespan=_lifespan)

    @app.get("/v1/users/{user_id}", response_model=None)
    async def get_user(user_id: str) -> Any:
        return render(MessageToDict(await _user(app, user_id)))

    @app.get("/v1/users/{user_id}/links", response_model=None)
    async def list_links(user_id: str, pageSize: int = 20) -> Any:  # noqa: N803 - as on the wire
        return render(MessageToDict(await _links(app, user_id, pageSize)))

    @app.get("/v1/users/{user_id}/items", response_model=None)
    async def list_items(user_id: str, pageSize: int = 100) -> Any:  # noqa: N803 - as on the wire
        return render(MessageToDict(await _items(app, user_id, pageSize)))

    @app.post("/v1/users", response_model=None)
    async def create_user(request: Request) -> Any:
        try:
            user = ParseDict(orjson.loads(await request.body()), bench_pb2.User())
        except (ParseError, orjson.JSONDecodeError) as error:
            raise HTTPException(400, str(error)) from error
        call = app.state.stubs.users.CreateUser(user, timeout=TIMEOUT_S)
        return render(MessageToDict(await _asked(call)))

    @app.get("/web/v1/home/{user_id}", response_model=None)
    async def home(user_id: str) -> Any:
        user, links, items = await asyncio.gather(
            _user(app, user_id), _links(app, user_id, 20), _items(app, user_id, 100)
        )
        return render(
            {
                "user": MessageToDict(user),
                "links": [MessageToDict(one) for one in links.links],
                "items": [
                    {"sku": one.sku, "name": one.name, "currency": one.currency}
                    for one in items.items
                ],
                "total": links.total_size,
            }
        )

    return app

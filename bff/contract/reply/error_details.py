"""What a service said beside its status: google.rpc details, as a client may see them.

Why       "What is wrong, where, and when to try again" stands in the details; so may a stack trace.
Called by error_document.py.
Never     lets out a type that is not on the list; never shows DebugInfo; never fails: a detail
          that cannot be read costs itself, not the status (PJ15).
Source    AIP-193; google/rpc/error_details.proto; docs/spec/transcoding.md ER2-ER4, PJ15.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson
from google.protobuf import descriptor_pool
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import DecodeError, Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, LocalizedMessage, RetryInfo
from google.rpc.status_pb2 import Status

from bff.contract.codec import Codec
from bff.contract.codec.known import names_type
from bff.contract.json_options import NEVER_SHOWN, SHOWN_DETAILS
from bff.terms.errors import ServiceSilent

_EVERYTHING = "*"
_LONGEST_WAIT_S = 86_400.0

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """What a service refused: `place` is the service's own path, `todo.tags[0]`."""

    place: str
    message: str
    translations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The details of one status.

    retry_after_s   of RetryInfo, which is heeded whether it is listed or not
    reason, domain  of ErrorInfo
    translations    of LocalizedMessage: language tag -> text
    shown           everything listed but BadRequest, as Any JSON
    """

    blames: tuple[Blame, ...] = ()
    retry_after_s: float | None = None
    reason: str = ""
    domain: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[Mapping[str, object], ...] = ()


NO_DETAILS = Details()


class DetailReader:
    """Reads the google.rpc.Status of a failed call.

    shown  full names of the messages that clients may see; "*" for all but DebugInfo
    codec  knows the served protos, for details of the services' own making
    """

    def __init__(self, shown: Iterable[str] = SHOWN_DETAILS, codec: Codec | None = None) -> None:
        self._shown = frozenset(shown)
        served = codec or Codec()
        standard = Codec(served.options, served.limits, descriptor_pool.Default())
        self._codecs = (served, standard) if served.pool else (standard,)

    def __repr__(self) -> str:
        return f"<DetailReader of {sorted(self._shown)}>"

    def read(self, status: bytes) -> Details:
        """The details of a serialized google.rpc.Status; of no use, or b"": none."""
        try:
            found = list(Status.FromString(status).details) if status else []
        except DecodeError:
            return NO_DETAILS
        listed = [one for one in found if self._is_listed(one)]
        blames = [blame for one in _of_type(BadRequest, listed) for blame in _blames(one)]
        about = next(iter(_of_type(ErrorInfo, listed)), ErrorInfo())
        waits_s = [_wait_s(one) for one in _of_type(RetryInfo, found)]
        return Details(
            blames=tuple(blames),
            retry_after_s=max(waits_s, default=None),
            reason=about.reason,
            domain=about.domain,
            translations={one.locale: one.message for one in _of_type(LocalizedMessage, listed)},
            shown=tuple(self._json(one) for one in listed if not _is(one, BadRequest)),
        )

    def _is_listed(self, one: AnyMessage) -> bool:
        name = names_type(one.type_url)
        if not name or name == NEVER_SHOWN:
            return False
        return name in self._shown or _EVERYTHING in self._shown

    def _json(self, one: AnyMessage) -> Mapping[str, object]:
        for codec in self._codecs:
            try:
                written: dict[str, object] = orjson.loads(codec.write(one))
            except ServiceSilent:
                continue
            return written
        return {"@type": one.type_url, "value": b64encode(one.value).decode()}


def _wait_s(retry: RetryInfo) -> float:
    """The delay, within reason: a service may send any number."""
    wait_s = retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9
    return min(max(0.0, wait_s), _LONGEST_WAIT_S)


def _blames(bad: BadRequest) -> Iterable[Blame]:
    for one in bad.field_violations:
        # older google.rpc has no translations of a violation
        localized: Any = getattr(one, "localized_message", None)
        translations = {localized.locale: localized.message} if localized else {}
        yield Blame(place=one.field, message=one.description, translations=translations)


def _of_type(kind: type[M], details: Iterable[AnyMessage]) -> Iterable[M]:
    """Those details that are of one type, and that can be read."""
    for one in details:
        if _is(one, kind):
            try:
                yield kind.FromString(one.value)
            except DecodeError:
                continue


def _is(one: AnyMessage, kind: type[Message]) -> bool:
    return names_type(one.type_url) == kind.DESCRIPTOR.full_name

"""What a service team says about its rpc's REST side beyond the path: options of bff.v1.

Why       "Created, and here it is" (201, Location), "nothing to say" (204), "only if it is still
          that version" (If-Match) and "this field is the version" (ETag) have no place in
          google.api.http.
Called by compose/transcode.py, once per rpc at boot.
Never     fails at request time for what a proto says wrong: every mistake is told at boot.
Source    protos/bff/v1/options.proto; RFC 9110 sections 8.8.3, 10.2.2, 13.1.1, 15.3;
          docs/spec/transcoding.md ER6, HT8.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor

from bff.contract.field_path import walk
from bff.contract.proto_options import ProtoOptions
from bff.contract.routes.path_template import PathTemplate
from bff.contract.status import NO_CONTENT, REDIRECTS, SUCCESSES
from bff.terms.mistakes import ContractMistake

Fields = tuple[FieldDescriptor, ...]

_TEXTS = (FieldDescriptor.TYPE_STRING,)
_IN_A_PATH = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_ENUM)
_INTEGERS = (
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where the thing is: a template over fields of the reply, or one field that holds a URL.

    template  None: the first and only field of `fields` is the URL itself
    fields    one path of fields per variable of the template
    """

    template: PathTemplate | None
    fields: tuple[Fields, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestOptions:
    """The options of one rpc. `if_match` and `etag` are () for none."""

    status: int = 200
    location: Location | None = None
    empty: bool = False
    if_match: Fields = ()
    etag: Fields = ()

    @property
    def read_from_reply(self) -> bool:
        """Whether the answer's headers need the reply's fields."""
        return bool(self.location or self.etag)


PLAIN = RestOptions()


def rest_options_of(
    options: ProtoOptions, method: MethodDescriptor, mistakes: list[ContractMistake]
) -> RestOptions:
    """Read and check them; what is wrong goes into `mistakes`."""
    found = _Reading(method)
    success: Any = options.value(method, "bff.v1.success")
    if_match = found.fields("if_match", options.value(method, "bff.v1.if_match"), asks=True)
    etag = found.fields("etag", options.value(method, "bff.v1.etag"), asks=False)
    location = found.location(success.location) if success and success.location else None
    status = found.status(success) if success else PLAIN.status
    mistakes.extend(ContractMistake(what, where=found.where) for what in found.mistakes)
    return RestOptions(
        status=status,
        location=location,
        empty=bool(success and success.empty) or status == NO_CONTENT,
        if_match=if_match,
        etag=etag,
    )


class _Reading:
    """The options of one rpc, while they are read."""

    def __init__(self, method: MethodDescriptor) -> None:
        self.where = method.full_name
        self.mistakes: list[str] = []
        self._request: Descriptor = method.input_type
        self._reply: Descriptor = method.output_type

    def __repr__(self) -> str:
        return f"<_Reading of {self.where}>"

    def fields(self, option: str, path: object, *, asks: bool) -> Fields:
        """The string field that an option names, in the request or in the reply."""
        if not isinstance(path, str) or not path:
            return ()
        message = self._request if asks else self._reply
        return self._walked(f"(bff.v1.{option})", message, path.split("."), kinds=_TEXTS)

    def status(self, success: Any) -> int:
        wanted = int(success.status) or (NO_CONTENT if success.empty else PLAIN.status)
        if wanted not in SUCCESSES | REDIRECTS:
            known = ", ".join(map(str, sorted(SUCCESSES | REDIRECTS)))
            self._wrong(f"status {wanted} is not one of {known}")
        if wanted in REDIRECTS and not success.location:
            self._wrong(f"status {wanted} needs a location")
        return wanted

    def location(self, text: str) -> Location | None:
        """A path template where it begins with a slash, else a field of the reply."""
        what = f"location {text!r}"
        if not text.startswith("/"):
            path = self._walked(what, self._reply, text.split("."), kinds=_TEXTS)
            return Location(template=None, fields=(path,)) if path else None
        try:
            template = PathTemplate.parse(text)
        except ContractMistake as mistake:
            self._wrong(mistake.what)
            return None
        return Location(template=template, fields=tuple(self._variables(what, template)))

    def _variables(self, what: str, template: PathTemplate) -> Iterator[Fields]:
        for variable in template.variables:
            yield self._walked(what, self._reply, variable.field_path, kinds=_IN_A_PATH)

    def _walked(
        self, what: str, message: Descriptor, path: Sequence[str], *, kinds: tuple[int, ...]
    ) -> Fields:
        try:
            fields = walk(message, path)
        except ValueError as wrong:
            self._wrong(f"{what}: {wrong}")
            return ()
        last = fields[-1]
        whole = kinds is _IN_A_PATH and last.cpp_type in _INTEGERS
        if last.is_repeated or not (whole or last.type in kinds):
            fit = "a string" if kinds is _TEXTS else "a string, a whole number or an enum"
            self._wrong(f"{what}: `{last.full_name}` is not {fit}")
            return ()
        return fields

    def _wrong(self, what: str) -> None:
        self.mistakes.append(what)

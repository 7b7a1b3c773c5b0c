"""Path, query and body into one request message: what the client's three texts mean together.

Why       The path always wins, and two texts that disagree are refused: a request must mean one
          thing.
Called by compose, once per binding at boot, then `bind` once per request.
Never     lets a parameter reach a field that the path or the body owns, or drops one silently.
Source    google/api/http.proto; docs/spec/transcoding.md 1.2-1.4, 1.6; docs/spec/bad-input.md rows
          38-45, 54, 83.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits
from bff.contract.json_text import JsonValue
from bff.contract.media.types import check_mask
from bff.contract.request.body import Body
from bff.contract.request.broken import Broken
from bff.contract.request.elsewhere import Elsewhere
from bff.contract.request.missing import Missing
from bff.contract.request.patch_mask import PatchMask
from bff.contract.request.path_value import PathValue
from bff.contract.request.query import pairs
from bff.contract.request.query_names import QueryNames
from bff.contract.request.query_reader import QueryReader
from bff.contract.request.query_wire import QueryWires
from bff.contract.request.required import IsRequired
from bff.contract.request.straight import Straight
from bff.contract.request.whereabouts import Whereabouts
from bff.contract.routes.http_rule import HttpBinding
from bff.contract.rules import Rules

Fields = tuple[FieldDescriptor, ...]
_NOTHING: Mapping[str, str] = MappingProxyType({})


def _never(_field: FieldDescriptor) -> bool:
    return False


class Binder:
    """Makes the request messages of one HTTP binding of one rpc.

    required            which fields must not be empty
    rules               what its fields must look like; None: nobody says
    ignored_parameters  query parameters that are nobody's fault: "key", or "utm_*"
    """

    def __init__(
        self,
        request_class: type[Message],
        binding: HttpBinding,
        *,
        codec: Codec,
        limits: JsonLimits,
        ignored_parameters: frozenset[str] = frozenset(),
        required: IsRequired = _never,
        rules: Rules | None = None,
    ) -> None:
        request: Any = request_class.DESCRIPTOR
        texts = _reader_of_texts(codec)
        self._new = request_class
        self._binding = binding
        self._most = limits.query_parameters
        self._paths = [
            PathValue.of(request, variable, codec=texts, limits=limits)
            for variable in binding.template.variables
        ]
        self._set_all = tuple(value.set for value in self._paths)
        self._body = Body.of(request, binding, codec=codec, limits=limits)
        self._mask = PatchMask.of(request, binding, codec)
        self._names = QueryNames(
            request,
            codec=texts,
            limits=limits,
            hidden=codec.options.omit_sensitive,
            closed=self._body.closed,
        )
        self._query = QueryReader(
            self._names,
            lenient=codec.options.unknown_fields == "ignore",
            ignored=ignored_parameters,
            everything_in_body=binding.body == "*",
        )
        places = Whereabouts.of(binding, body=self._body, mask=self._mask)
        missing = Missing.of(request, binding, is_required=required, places=places)
        looks: list[Missing | Broken] = [missing]
        if rules is not None:
            looks.append(Broken.of(request, rules, places))
        self._checks = tuple(one.check for one in looks if one.needed)
        long = self._mask is not None or self._body.raw
        self._straight = None if long else Straight(request_class, self._paths, self._body)
        self._queries = QueryWires(self._paths)

    def __repr__(self) -> str:
        return f"<Binder of {self._binding} to {self._new.DESCRIPTOR.full_name}>"

    @property
    def body_expected(self) -> bool:
        """Whether the rule maps a body."""
        return bool(self._binding.body)

    @property
    def takes_raw_body(self) -> bool:
        """Whether the body is a google.api.HttpBody: any bytes, of any content type (HB1)."""
        return self._body.raw

    @property
    def infers_mask(self) -> bool:
        """Whether a PATCH's mask is made from the keys of its body (PA1)."""
        return self._mask is not None and self._mask.infers

    @property
    def updates(self) -> tuple[str, str] | None:
        """(mask, resource): the fields of a request whose mask says what counts of a resource."""
        return (self._mask.mask.name, self._mask.resource.name) if self._mask else None

    @property
    def query_fields(self) -> Iterator[tuple[str, Fields]]:
        """(name, path) of the parameters that a document should list."""
        if self._binding.body == "*":
            return
        owned = {value.path for value in self._paths} | {self._body.path}
        for name, path in self._names.documented(self._body.codec.field_json_name):
            if path not in owned:
                yield name, path

    def bind(
        self,
        values: Sequence[str],
        query: str,
        body: bytes,
        *,
        content_type: str = "",
        amend: Callable[[Message], None] | None = None,
    ) -> Message:
        """The request that these texts mean.

        values  decoded path values, parallel to the template's variables
        query   the raw query string as latin-1 text
        amend   changes it before it is checked
        Raises  BadInput that names the parameter, or the body's member by JSON Pointer
        """
        message = self._new()
        value: JsonValue = None
        parameters = pairs(query, self._most) if query else []
        if self._body.raw:
            parameters += self._body.read_raw(message, body, content_type)
        elif body:
            if self.infers_mask:
                check_mask(content_type)
            value = self._body.read(message, body, content_type)
        given = self._query.read(message, parameters) if parameters else _NOTHING
        if given and not body:
            self._queries.keep(query, given, message)
        if given or value is not None or self._mask is not None:
            self._join(message, values, Elsewhere(given=given, value=value, body=self._body))
        else:
            for text, put in zip(values, self._set_all, strict=True):
                put(message, text)
        if amend is not None:
            amend(message)
        for check in self._checks:
            check(message)
        return message

    def wire(
        self, values: Sequence[str], query: str, body: bytes, *, content_type: str = ""
    ) -> bytes:
        """The same request, serialized."""
        if self._straight is not None:
            said = b"" if not query else None if body else self._queries.find(query)
            wire = None if said is None else self._straight.wire(values, body, content_type)
            if wire is not None and said is not None:
                wire = said + wire
                if self._checks:
                    made = self._new.FromString(wire)
                    for check in self._checks:
                        check(made)
                return wire
        return self.bind(values, query, body, content_type=content_type).SerializeToString()

    def further(self, body: bytes) -> Message:
        """A later message of an upload of raw bytes: its piece of them, and nothing else (HB4)."""
        message = self._new()
        self._body.read_raw(message, body, "")
        return message

    def _join(self, message: Message, values: Sequence[str], elsewhere: Elsewhere) -> None:
        """The path into a message that holds something already; then the mask over all."""
        for text, one in zip(values, self._paths, strict=True):
            one.put(message, text, elsewhere)
        if self._mask is not None:
            self._mask.finish(message, elsewhere)


def _reader_of_texts(codec: Codec) -> Codec:
    """A text has no other way to say what JSON says by a string (QP9), integers are plain digits
    (QP8), and an unknown enum name is no parameter to drop (QP5).
    """
    options = replace(codec.options, nonfinite=True, exponents=False, unknown_fields="reject")
    return codec.under(options)

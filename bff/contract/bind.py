"""Path, query and body into one request message: what the client's three texts mean together.

Why       The path always wins, and two texts that disagree are refused: a request must mean one
          thing.
Called by compose/transcode.py, once per binding at boot, then `bind` once per request.
Never     lets a parameter reach a field that the path or the body owns, or drops one silently.
Source    google/api/http.proto; docs/spec/transcoding.md 1.2-1.4, 1.6; docs/spec/bad-input.md rows
          38-45, 54.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from bff.contract.body import Body
from bff.contract.codec import Codec
from bff.contract.http_rule import HttpBinding
from bff.contract.json_options import JsonLimits
from bff.contract.json_pointer import pointer
from bff.contract.json_text import JsonValue
from bff.contract.patch_mask import inferred, mask_field_of
from bff.contract.path_value import PathValue
from bff.contract.query import pairs
from bff.contract.query_names import QueryNames
from bff.contract.query_reader import QueryReader
from bff.contract.required import IsRequired, Path, Required
from bff.terms.errors import BadInput, Violation

MOST_VIOLATIONS = 10


def _never(_field: FieldDescriptor) -> bool:
    return False


class Binder:
    """Makes the request messages of one HTTP binding of one rpc.

    required            which fields must not be empty
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
    ) -> None:
        request: Any = request_class.DESCRIPTOR
        # a text has no other way to say what JSON says by a string, and names the protos fully know
        texts = Codec(
            replace(codec.options, nonfinite=True, unknown_fields="reject"), limits, codec.pool
        )
        self._new = request_class
        self._binding = binding
        self._paths = [
            PathValue.of(request, variable, codec=texts, limits=limits)
            for variable in binding.template.variables
        ]
        self._body = Body.of(request, binding, codec=codec, limits=limits)
        self._mask = mask_field_of(binding, request)
        self._names = QueryNames(
            request,
            limits=limits,
            hidden=codec.options.omit_sensitive,
            closed=self._body.closed,
        )
        self._query = QueryReader(
            self._names,
            codec=texts,
            lenient=codec.options.unknown_fields == "ignore",
            ignored=ignored_parameters,
            everything_in_body=binding.body == "*",
        )
        self._required = Required(required)
        self._requires = self._required.anywhere_in(request)
        self._spelling = codec.field_json_name

    def __repr__(self) -> str:
        return f"<Binder of {self._binding} to {self._new.DESCRIPTOR.full_name}>"

    @property
    def body_expected(self) -> bool:
        """Whether the rule maps a body."""
        return bool(self._binding.body)

    @property
    def query_fields(self) -> Iterator[tuple[str, FieldDescriptor]]:
        """(name, field) of the parameters that a document should list."""
        if self._binding.body == "*":
            return
        owned = {value.path for value in self._paths}
        for name, field in self._names.documented(self._spelling):
            found = self._names.find(name)
            if found is not None and found[0].path not in owned:
                yield name, field

    def bind(
        self, values: Sequence[str], query: str, body: bytes, *, content_type: str = ""
    ) -> Message:
        """The request that these texts mean.

        values  decoded path values, parallel to the template's variables
        query   the raw query string as latin-1 text
        Raises  BadInput that names the parameter, or the body's member by JSON Pointer
        """
        message = self._new()
        value = self._body.read(message, body, content_type)
        given = self._query.read(message, pairs(query)) if query else {}
        for text, one in zip(values, self._paths, strict=True):
            one.put(message, text, given=given, body=self._body.inside(value, one.names))
        if self._mask is not None:
            self._fill_mask(message, value)
        if self._requires:
            self._check_required(message)
        return message

    def _fill_mask(self, message: Any, value: JsonValue) -> None:
        assert self._mask is not None
        mask = getattr(message, self._mask.name)
        if mask.paths:
            return
        field = message.DESCRIPTOR.fields_by_name[self._binding.body]
        owned = frozenset(one.names[1:] for one in self._paths if one.names[0] == field.name)
        paths = inferred(value, field.message_type, without=owned)
        if not paths:
            raise BadInput.at("", "send the fields to change; an empty change is no change")
        mask.paths.extend(paths)

    def _check_required(self, message: Message) -> None:
        """A PATCH may leave out what it does not change, so only the rest of its request is
        checked.
        """
        missing = [
            path
            for path in self._required.missing(message)
            if self._mask is None or not self._in_body(path)
        ]
        if not missing:
            return
        found = tuple(
            Violation(self._place(path), "this field is required; send a value")
            for path in missing[:MOST_VIOLATIONS]
        )
        raise BadInput(f"{found[0].path or 'the body'}: {found[0].message}", violations=found)

    def _in_body(self, path: Path) -> bool:
        first = path[0]
        return isinstance(first, FieldDescriptor) and first.name == self._binding.body

    def _place(self, path: Path) -> str:
        """A JSON Pointer for a field of the body, a parameter's name for any other."""
        names = tuple(one if isinstance(one, int) else one.name for one in path)
        spelled = [str(one) if isinstance(one, int) else self._spelling(one) for one in path]
        depth = self._body.depth_of(names)
        return ".".join(spelled) if depth is None else pointer(spelled[depth:])

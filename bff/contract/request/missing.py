"""A request that lacks something is refused, with the place of everything that it lacks.

Called by bind.py, when path, query and body are read.
Never     asks a PATCH for what it does not change.
Source    AIP-203, AIP-134; docs/spec/transcoding.md HT12; docs/spec/bad-input.md row 83.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.contract.inside import Path, reachable
from bff.contract.request.required import IsRequired, Required
from bff.contract.request.whereabouts import Whereabouts, names_of
from bff.contract.routes.http_rule import HttpBinding
from bff.terms.errors import BadInput, Violation

MOST_VIOLATIONS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Finds what a binding's request lacks.

    given      paths of fields that the URL always fills
    needed     whether there can be anything to find
    open_ended whether extensions, which no field lists, may lack something
    """

    required: Required
    given: frozenset[tuple[str, ...]]
    needed: bool
    open_ended: bool
    places: Whereabouts

    @classmethod
    def of(
        cls,
        request: Descriptor,
        binding: HttpBinding,
        *,
        is_required: IsRequired,
        places: Whereabouts,
    ) -> "Missing":
        """What one binding must look for; a field that no client can send is no client's fault."""
        hidden = places.body.codec.options.omit_sensitive
        required = Required(lambda one: one.full_name not in hidden and is_required(one))
        given = frozenset(_never_empty(binding))
        own = [one for one, _ in required.of(request) if (one.name,) not in given]
        open_ended = any(one.is_extendable for one in reachable(request))
        return cls(
            required=required,
            given=given,
            needed=bool(own or required.ways(request) or open_ended),
            open_ended=open_ended,
            places=places,
        )

    def check(self, message: Any) -> None:
        """Raises BadInput (invalid-field) with a violation for each, up to MOST_VIOLATIONS."""
        found = tuple(
            Violation(self.places.place(path), "this field is required; send a value")
            for path in islice(self._wanted(message), MOST_VIOLATIONS)
        )
        if found:
            raise BadInput.of(found)
        if self.open_ended and not message.IsInitialized():
            raise BadInput("a required field is missing")

    def _wanted(self, message: Any) -> Iterator[Path]:
        for path in self.required.missing(message):
            if names_of(path) not in self.given and not self._is_unchanged(message, path):
                yield path

    def _is_unchanged(self, message: Any, path: Path) -> bool:
        """What a mask leaves alone, unless proto2 can't do without it."""
        last = path[-1]
        if isinstance(last, FieldDescriptor) and last.is_required:
            return False
        return self.places.is_unchanged(message, path)


def _never_empty(binding: HttpBinding) -> Iterator[tuple[str, ...]]:
    """Variables that hold something whenever the route matches: all but a bare `**`."""
    for variable in binding.template.variables:
        if binding.template.segments[variable.start : variable.end] != ("**",):
            yield variable.field_path

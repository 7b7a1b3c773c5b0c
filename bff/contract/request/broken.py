"""A request that breaks the rules of its proto is refused, with the place of each.

Called by bind.py, when path, query and body are read and nothing required is missing.
Never     speaks of what a PATCH does not change, or of a field that no client may see.
Source    buf/validate/validate.proto; docs/spec/transcoding.md HT12; docs/spec/bad-input.md row 83.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.contract.request.missing import MOST_VIOLATIONS
from bff.contract.request.whereabouts import Whereabouts, names_of
from bff.contract.rules import Fault, Rules
from bff.terms.errors import BadInput, Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Finds which rules a binding's request breaks. `needed`: whether it has any to break."""

    rules: Rules
    needed: bool
    places: Whereabouts
    hidden: frozenset[str]

    @classmethod
    def of(cls, request: Descriptor, rules: Rules, places: Whereabouts) -> "Broken":
        """What one binding must look for."""
        hidden = places.body.codec.options.omit_sensitive
        return cls(rules=rules, needed=rules.reach(request), places=places, hidden=hidden)

    def check(self, message: Any) -> None:
        """Raises BadInput (invalid-field) with a violation for each, up to MOST_VIOLATIONS."""
        found = tuple(
            Violation(self._place(fault), fault.sentence)
            for fault in islice(self._faults(message), MOST_VIOLATIONS)
        )
        if found:
            raise BadInput.of(found)

    def _faults(self, message: Any) -> Iterator[Fault]:
        for fault in self.rules.faults(message):
            if not self._is_hidden(fault) and not self._is_unchanged(message, fault):
                yield fault

    def _place(self, fault: Fault) -> str:
        """What is said of several fields is said of the object in the body that has them, or of the
        first of the parameters.
        """
        first = (*fault.path, *fault.members[:1])
        outside = self.places.body.depth_of(names_of(first)) is None
        return self.places.place(first if outside else fault.path)

    def _is_hidden(self, fault: Fault) -> bool:
        fields = [one for one in fault.path if isinstance(one, FieldDescriptor)]
        return any(one.full_name in self.hidden for one in (*fields, *fault.members))

    def _is_unchanged(self, message: Any, fault: Fault) -> bool:
        """What is said of several fields counts as soon as one of them is changed."""
        speaks_of = [(*fault.path, one) for one in fault.members] or [fault.path]
        return all(self.places.is_unchanged(message, path) for path in speaks_of)

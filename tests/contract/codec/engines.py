"""Both engines side by side, for tests that compare them.

Called by the test_native_* files.
Never     hides a refusal of the native engine: None stands for "declined" and for "refused".
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pytest
from google.protobuf.message import Message

from bff.contract.codec import Codec
from bff.contract.codec.native_engine import Engine, NativePlans, chosen
from bff.contract.codec.projection import Projection, along
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.terms.errors import ServiceSilent

PURE = Engine(None, "the test asks for it")
NATIVE = chosen("auto")

needs_native = pytest.mark.skipif(
    NATIVE.native is None, reason=f"no native codec here: {NATIVE.name}"
)


@lru_cache(maxsize=100)
def _pure(options: JsonOptions) -> Codec:
    return Codec(options, engine=PURE)


@lru_cache(maxsize=100)
def _native(options: JsonOptions) -> NativePlans:
    return NativePlans(options, JsonLimits(), NATIVE)


@dataclass(frozen=True, slots=True)
class Engines:
    """What each engine writes for wire bytes of one message type."""

    kind: type[Message]
    options: JsonOptions = JsonOptions()
    path: tuple[str, ...] = ()
    projection: Projection | None = None

    def pure(self, wire: bytes) -> bytes | None:
        """None: refused."""
        writer = _pure(self.options).writer(self.kind, path=self.path, projection=self.projection)
        try:
            return writer(wire)
        except ServiceSilent:
            return None

    def native(self, wire: bytes) -> bytes | None:
        """None: declined."""
        plans = _native(self.options)
        descriptor: Any = self.kind.DESCRIPTOR
        shown = None if self.projection is None else along(self.path, self.projection)
        found = plans.of(descriptor, shown)
        assert found is not None
        plan, index = found
        if not self.path:
            return plan.write(index, wire)
        numbers = []
        for name in self.path:
            numbers.append(descriptor.fields_by_name[name].number)
            descriptor = descriptor.fields_by_name[name].message_type
        return plan.write_field(index, tuple(numbers), wire)

    def agree(self, wire: bytes) -> bool:
        """The same bytes, or declined; what the pure engine refuses must be declined."""
        written = self.native(wire)
        return written is None or written == self.pure(wire)

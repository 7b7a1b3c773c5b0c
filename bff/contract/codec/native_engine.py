"""Which engine translates: the compiled one where it was built, else the pure one.

Why       The compiled walkers are ten times as fast, and not every machine has a compiler.
Knob      BFF_CODEC=auto (the default: native if it is there), pure, or native (an error if it is
          not). It is read once, when this module is first imported: an engine is chosen for a
          process, not for a request, and no setting of bff.toml changes what is written.
Called by codec.Codec, json_text; cli and telemetry, for `engine_name`.
Never     answers otherwise than the pure engine: what native code declines, the pure one answers.
"""

import os
from dataclasses import dataclass
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any

import orjson
from google.protobuf.descriptor import Descriptor

from bff.contract.codec.native_plan import PlanTables, Root
from bff.contract.codec.projection import Projection
from bff.contract.json_options import JsonLimits, JsonOptions

if TYPE_CHECKING:
    from bff.contract.codec._native import Plan

VARIABLE = "BFF_CODEC"
NATIVE = "native"
# How the walkers write doubles, up to the + of exponents, which native_plan looks up.
_NUMBERS = ((9.0, b"9.0"), (1e15, b"1000000000000000.0"), (1e-5, b"0.00001"), (1.5e-7, b"1.5e-7"))


@dataclass(frozen=True, slots=True)
class Engine:
    """`native` is the extension module, or None; `why` says why it is not used."""

    native: Any
    why: str = ""

    @property
    def name(self) -> str:
        return f"pure ({self.why})" if self.native is None else NATIVE


def chosen(wish: str) -> Engine:
    """The engine for a value of BFF_CODEC.

    Raises ImportError where native is wished for and not there, ValueError for another word.
    """
    if wish not in ("auto", "pure", "native"):
        raise ValueError(f"{VARIABLE} must be auto, pure or native, not {wish!r}")
    if wish == "pure":
        return Engine(None, f"{VARIABLE}=pure")
    if any(text != orjson.dumps(number) for number, text in _NUMBERS):
        return Engine(None, f"orjson {orjson.__version__} writes numbers in a way of its own")
    try:
        return Engine(import_module("bff.contract.codec._native"))
    except ImportError as error:
        if wish == "native":
            raise ImportError(
                f"{VARIABLE}=native, but the extension is not there ({error}): build it with"
                " `python3 dev.py setup`, or take the variable away"
            ) from error
        return Engine(None, "the extension is not built")


ENGINE = chosen(os.environ.get(VARIABLE, "auto"))


def engine_name() -> str:
    """ "native" or "pure (why)": for people and for logs."""
    return ENGINE.name


class NativePlans:
    """The plans of one Codec: one for each root, and none for what another root's plan holds."""

    def __init__(self, options: JsonOptions, limits: JsonLimits, engine: Engine = ENGINE) -> None:
        self._options = options
        self._limits = limits
        self._engine = engine
        self._places: dict[Root, tuple[Plan, int]] = {}
        self._making = Lock()

    def __repr__(self) -> str:
        return f"<NativePlans {self._engine.name}, {len(self._places)} types>"

    def of(
        self, descriptor: Descriptor, projection: Projection | None = None
    ) -> "tuple[Plan, int] | None":
        """(plan, index of the type in it); None where the pure engine serves."""
        if self._engine.native is None:
            return None
        root = (descriptor, projection)
        found = self._places.get(root)
        if found is not None:
            return found
        with self._making:
            if root not in self._places:
                tables = PlanTables(root, self._options, self._limits)
                plan = self._engine.native.Plan(tables.packed())
                for other, index in tables.indexes.items():
                    self._places.setdefault(other, (plan, index))
            return self._places[root]

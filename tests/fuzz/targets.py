"""Which types are fuzzed, under which options: one list for the C driver and for differential.py.

Why       An input names its target by a number: both loops must mean the same one.
How       Byte 0 of an input: the low two bits are the way (WRITE, READ, WRITE_FIELD, READ_FIELD),
          the others the target. Two bytes more choose the field of the latter ways. targets.h
          says the same.
Called by the fuzz command, differential.py, seeds.py, test_fuzz_corpus.py.
Never     reorders: a target keeps its number, or the committed corpus asks something else. New
          ones go last.
"""

import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_tools import protoc

from bff.contract.codec.native_plan import PlanTables, packed
from bff.contract.codec.projection import Projected, Projection
from bff.contract.json_options import JsonLimits, JsonOptions
from tests.contract import zoo
from tests.contract.codec.test_native_read_wide import wide

WRITE, READ, WRITE_FIELD, READ_FIELD = range(4)
MOST = 64

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "generated" / "descriptors.binpb"
OWN = ROOT / "tests" / "contract" / "codec" / "protos"
LIMITS = JsonLimits()
STRICT = JsonOptions()
LENIENT = JsonOptions(
    unknown_fields="ignore",
    json_names="proto",
    defaults="omit",
    int64="number",
    enums="short",
    nonfinite=False,
    nul=True,
    open_enums=False,
)
HIDING = JsonOptions(
    unknown_fields="ignore",
    enums="number",
    omit_sensitive=frozenset({"rich.v1.Scalars.password_hash", "rich.v1.Maps.texts"}),
    omit_written=frozenset({"rich.v1.Scalars.a_bytes", "rich.v1.Choice.child"}),
)
_SCALARS = Projection((Projected("u64", "b"), Projected("i32", "a"), Projected("color", "i32")))
_TREE = Projection((Projected("name", "label"), Projected("scalars", "in", _SCALARS)))
SCREEN = Projection(
    (
        Projected("tree", "tree", Projection((Projected("children", "leaves", _TREE),))),
        Projected("maps", "maps", Projection((Projected("children", "by_name"),))),
        Projected("choice", "choice", Projection((Projected("number", "n"),))),
        Projected("scalars", "s", _SCALARS),
        Projected("known", "known"),
    )
)

_RICH = ["Everything", "Scalars", "Optionals", "Lists", "Maps", "Choice", "Known", "Tree"]
_OWN = [*(f"rich.v1.{name}" for name in _RICH), "old.v1.Old", "edition.v1.Mixed"]
_WRAPPED = ["Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes"]
# A NullValue without presence that holds another number is written null, and null is read as 0,
# which is not written where defaults are omitted.
_UNSETTLED = frozenset({"rich.v1.Everything", "rich.v1.Known", "rich.v1.Tree"})
_KNOWN = ["Timestamp", "Duration", "FieldMask", "Struct", "Value", "ListValue"]
_ZOO = ["Animal", "Flat", "Same", "Upload", "Rename", "House"]
_DEMO = [
    "identity.users.v1.User",
    "shop.catalog.v1.ListProductsResponse",
    "shop.inventory.v1.BatchGetStocksResponse",
    "shortener.stats.v1.Totals",
    "todos.v1.UpdateTodoRequest",
    "activity.feed.v1.ListActivitiesResponse",
]


@dataclass(frozen=True, slots=True)
class Target:
    """`settles`: what it writes it can read, and then writes the same again."""

    kind: Any
    options: JsonOptions
    projection: Projection | None = None
    settles: bool = True

    def tables(self) -> PlanTables:
        return PlanTables((self.kind.DESCRIPTOR, self.projection), self.options, LIMITS)


@cache
def targets() -> tuple[Target, ...]:
    own, demo = _own_pool(), _demo_pool()
    known = [
        *(f"google.protobuf.{name}" for name in _KNOWN),
        *(f"google.protobuf.{name}Value" for name in _WRAPPED),
    ]
    found = (
        *(Target(_kind(own, name), STRICT) for name in _OWN),
        *(Target(_kind(own, name), LENIENT, settles=name not in _UNSETTLED) for name in _OWN),
        *(Target(_kind(own, name), STRICT) for name in known),
        *(Target(GetMessageClass(zoo.message(name)), STRICT) for name in _ZOO),
        *(Target(_kind(demo, name), STRICT) for name in _DEMO),
        Target(_kind(own, "rich.v1.Everything"), HIDING, settles=False),
        Target(_kind(own, "rich.v1.Everything"), STRICT, SCREEN, settles=False),
        Target(descriptor_pb2.FileDescriptorProto, STRICT),
        Target(wide(), STRICT),
    )
    assert len(found) <= MOST, "six bits name a target"
    return found


def packed_targets() -> bytes:
    """The file that the driver reads: (flags, index, plan) of each."""
    return packed(tuple((one.settles, 0, one.tables().packed()) for one in targets()))


def asked(data: bytes) -> tuple[int, Target, bytes]:
    """The way, the target and the rest of an input that is not empty."""
    found = targets()
    return data[0] & 3, found[(data[0] >> 2) % len(found)], data[1:]


def question(way: int, number: int, rest: bytes) -> bytes:
    return bytes([number << 2 | way]) + rest


def _kind(pool: DescriptorPool, name: str) -> Any:
    return GetMessageClass(pool.FindMessageTypeByName(name))


def _demo_pool() -> DescriptorPool:
    return _pool(DEMO.read_bytes())


def _own_pool() -> DescriptorPool:
    """The codec's own test protos, compiled anew."""
    include = files("grpc_tools") / "_proto"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "set.binpb")
        flags = [f"-I{OWN}", f"-I{include}", "--include_imports", f"--descriptor_set_out={out}"]
        sources = sorted(path.name for path in OWN.glob("*.proto"))
        if protoc.main(["protoc", *flags, *sources]):
            raise SystemExit("fuzz: the test protos do not compile")
        return _pool(out.read_bytes())


def _pool(descriptors: bytes) -> DescriptorPool:
    pool = DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(descriptors).file:
        pool.Add(file)
    return pool

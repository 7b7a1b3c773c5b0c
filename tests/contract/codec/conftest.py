"""The test protos, compiled when the tests run, in a pool of their own."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_tools import protoc

PROTOS = Path(__file__).parent / "protos"


class Types:
    """Message classes by name: types["rich.v1.Scalars"], and of rich.v1 as types.Scalars."""

    def __init__(self, pool: DescriptorPool) -> None:
        self.pool = pool

    def __getitem__(self, full_name: str) -> Any:
        return GetMessageClass(self.pool.FindMessageTypeByName(full_name))

    def __getattr__(self, name: str) -> Any:
        try:
            return self[f"rich.v1.{name}"]
        except KeyError:
            raise AttributeError(name) from None


@pytest.fixture(scope="session")
def types(tmp_path_factory: pytest.TempPathFactory) -> Types:
    out = tmp_path_factory.mktemp("protos") / "set.binpb"
    sources = [path.name for path in sorted(PROTOS.glob("*.proto"))]
    include = files("grpc_tools") / "_proto"
    flags = [f"-I{PROTOS}", f"-I{include}", "--include_imports", f"--descriptor_set_out={out}"]
    assert protoc.main(["protoc", *flags, *sources]) == 0
    pool = DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file:
        pool.AddSerializedFile(file.SerializeToString())
    return Types(pool)

"""Fixtures: the sample's protos, and the package that codegen makes of them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bff.codegen import generate
from tests.codegen.sample import PROTOS, write


@pytest.fixture
def protos(tmp_path: Path) -> Path:
    """A folder with the sample's protos, to be changed at will."""
    return write(tmp_path / "protos", PROTOS)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where generated code goes; not there yet."""
    return tmp_path / "generated"


@pytest.fixture(scope="session")
def sample_package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample, generated and importable in this process, under a name that is nobody else's."""
    folder = tmp_path_factory.mktemp("sample")
    name = "codegen_sample_package"
    generate(write(folder / "protos", PROTOS), folder / name)
    sys.path.insert(0, str(folder))
    yield name
    sys.path.remove(str(folder))

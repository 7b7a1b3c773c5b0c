"""A field of a proto gets another name: `bff check` names each view that shows it, with lines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorSet

from bff.cli import main
from tests.journeys.conftest import ROOT

USER, NAME = "identity.users.v1.User", "display_name"


def messages(files: FileDescriptorSet) -> Iterator[tuple[str, DescriptorProto]]:
    for file in files.file:
        yield from ((f"{file.package}.{one.name}", one) for one in file.message_type)


@pytest.fixture
def renamed(tmp_path: Path) -> Path:
    """The demo's contract with another name for the name of a user."""
    files = FileDescriptorSet.FromString((ROOT / "generated" / "descriptors.binpb").read_bytes())
    user = dict(messages(files))[USER]
    [name] = [one for one in user.field if one.name == NAME]
    name.name, name.json_name = "full_name", "fullName"
    file = tmp_path / "descriptors.binpb"
    file.write_bytes(files.SerializeToString())
    return file


def lines_of_mistakes(
    file: Path, capsys: pytest.CaptureFixture[str], settings: Path = ROOT / "bff.toml"
) -> list[str]:
    config = ["--config", str(settings), "--descriptors", str(file)]
    assert 1 == main(["check", *config])
    return [line for line in capsys.readouterr().err.splitlines() if line.startswith("mistake: ")]


def test_each_view_that_shows_it_is_named_with_the_line_of_the_proto_and_its_own(
    renamed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = lines_of_mistakes(renamed, capsys)
    broken = {line.split(" ")[1].rstrip(":") for line in found}

    assert {
        "desktop.Dashboard",
        "mobile.Activity",
        "mobile.Dashboard",
        "public.ProductPage",
        "web.Home",
        "web.ProductPage",
        "web.ProjectPage",
        "web.Activity",
        "web.Dashboard",
    } == broken
    assert all(
        f"{USER} has no field `{NAME}` (identity/users/v1/users.proto:" in one for one in found
    )
    assert all(" @ bff/views/shapes/people.py:" in one for one in found)


def test_mistakes_of_rpcs_and_of_screens_are_told_at_once(
    renamed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "bff.toml"
    added = '[routes."todos.v1.TodoService/Gone"]\nint64 = "number"\n'
    settings.write_text(f"{(ROOT / 'bff.toml').read_text()}\n{added}")
    found = "\n".join(lines_of_mistakes(renamed, capsys, settings))
    assert "no service has such an rpc" in found
    assert "bff/views/shapes/people.py:" in found

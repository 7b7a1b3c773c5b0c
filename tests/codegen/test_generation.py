"""What lands in the folder, and what stays out of it."""

import os
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from bff.codegen import CannotGenerate, compile_protos, generate
from bff.terms.mistakes import ContractMistakes
from tests.codegen.sample import PROTOS, contents, write

NOTES = "codegensample/notes/v1/notes.proto"
VENDORED = 'syntax = "proto3"; package google.api; message Vendored {}'


def test_two_runs_in_different_places_write_the_same_bytes(
    protos: Path, out: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "deeper" / "down"
    generate(protos, out)
    generate(write(elsewhere / "protos", PROTOS), elsewhere / "generated")

    assert contents(out) == contents(elsewhere / "generated")


def test_nothing_that_is_written_tells_where_it_was_written(
    protos: Path, out: Path, tmp_path: Path
) -> None:
    generate(protos, out)

    assert [] == [name for name, data in contents(out).items() if str(tmp_path).encode() in data]


def test_every_folder_is_a_package_and_every_proto_a_module_with_a_stub(
    protos: Path, out: Path
) -> None:
    generate(protos, out)

    assert [
        "__init__.py",
        "codegensample/__init__.py",
        "codegensample/basics/__init__.py",
        "codegensample/basics/v1/__init__.py",
        "codegensample/basics/v1/basics_pb2.py",
        "codegensample/basics/v1/basics_pb2.pyi",
        "codegensample/basics/v2/__init__.py",
        "codegensample/basics/v2/basics_client.py",
        "codegensample/basics/v2/basics_pb2.py",
        "codegensample/basics/v2/basics_pb2.pyi",
        "codegensample/edition/__init__.py",
        "codegensample/edition/v1/__init__.py",
        "codegensample/edition/v1/edition_client.py",
        "codegensample/edition/v1/edition_pb2.py",
        "codegensample/edition/v1/edition_pb2.pyi",
        "codegensample/notes/__init__.py",
        "codegensample/notes/v1/__init__.py",
        "codegensample/notes/v1/notes_client.py",
        "codegensample/notes/v1/notes_pb2.py",
        "codegensample/notes/v1/notes_pb2.pyi",
        "codegensample/old/__init__.py",
        "codegensample/old/v1/__init__.py",
        "codegensample/old/v1/old_things_client.py",
        "codegensample/old/v1/old_things_pb2.py",
        "codegensample/old/v1/old_things_pb2.pyi",
        "codegensample_top_client.py",
        "codegensample_top_pb2.py",
        "codegensample_top_pb2.pyi",
        "descriptors.binpb",
    ] == sorted(contents(out))


def test_the_descriptor_set_has_imports_and_comments(protos: Path, out: Path) -> None:
    generate(protos, out)
    files = {
        f.name: f
        for f in FileDescriptorSet.FromString((out / "descriptors.binpb").read_bytes()).file
    }
    comments = [it.leading_comments for it in files[NOTES].source_code_info.location]

    assert {*PROTOS, "google/protobuf/empty.proto", "google/api/httpbody.proto"} <= files.keys()
    assert ' Keeps notes. Says "hello \\ world".\n' in comments


def test_a_second_run_writes_no_file(protos: Path, out: Path) -> None:
    generate(protos, out)
    for path in out.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    second = generate(protos, out)

    assert not second.difference
    assert {1_000_000_000} == {int(path.stat().st_mtime) for path in out.rglob("*")}


def test_a_changed_proto_rewrites_its_own_files_alone(protos: Path, out: Path) -> None:
    generate(protos, out)
    write(protos, {"codegensample_top.proto": TOP_RENAMED})
    found = generate(protos, out).difference

    assert ((), ("codegensample_top_client.py",)) == (found.missing, found.left_over)
    assert (
        "codegensample_top_pb2.py",
        "codegensample_top_pb2.pyi",
        "descriptors.binpb",
    ) == found.differing


def test_a_deleted_proto_takes_its_files_and_folders_along(protos: Path, out: Path) -> None:
    generate(protos, out)
    cache = out / "codegensample/notes/v1/__pycache__"
    cache.mkdir()
    (cache / "notes_pb2.cpython-311.pyc").write_bytes(b"")
    (protos / NOTES).unlink()
    generate(protos, out)

    assert not (out / "codegensample/notes").exists()
    assert (out / "codegensample/basics/v1/basics_pb2.py").is_file()


def test_a_mistake_leaves_the_folder_as_it_was(protos: Path, out: Path) -> None:
    generate(protos, out)
    before = contents(out)
    (protos / "codegensample_top.proto").unlink()
    write(protos, {NOTES: "nonsense"})
    with pytest.raises(ContractMistakes):
        generate(protos, out)

    assert before == contents(out)


def test_a_broken_package_is_mended(protos: Path, out: Path) -> None:
    """Codegen never imports what it writes, so a merge conflict in it is no obstacle."""
    generate(protos, out)
    good = contents(out)
    for path in out.rglob("*.py"):
        path.write_text(f"<<<<<<< HEAD\n{path.read_text()}")
    (out / "codegensample/__init__.py").unlink()
    generate(protos, out)

    assert good == contents(out)


def test_a_folder_that_is_not_ours_is_refused_and_left_alone(protos: Path, out: Path) -> None:
    write(out, {"todos_pb2.py": "# somebody's"})

    with pytest.raises(CannotGenerate, match="was not written by codegen"):
        generate(protos, out)
    assert {"todos_pb2.py": b"# somebody's"} == contents(out)


@pytest.mark.parametrize("foreign", [".git/config", "todos/extra.py", "x.pyi"])
def test_our_folder_with_foreign_files_is_refused_by_name(
    protos: Path, out: Path, foreign: str
) -> None:
    generate(protos, out)
    write(out, {foreign: ""})

    with pytest.raises(CannotGenerate, match=foreign.removesuffix("/config")):
        generate(protos, out)


def test_files_of_other_generators_stay(protos: Path, out: Path) -> None:
    """`openapi.json` and `client.ts` live in the same folder, written by other commands."""
    generate(protos, out)
    write(out, {"openapi.json": "{}", "web/client.ts": ""})
    found = generate(protos, out).difference

    assert not found
    assert {"openapi.json", "web/client.ts"} <= contents(out).keys()


def test_a_copy_of_google_protos_among_ours_is_not_generated(protos: Path, out: Path) -> None:
    """Two modules for google/api/http.proto could not live in one process."""
    write(protos, {"google/api/http.proto": VENDORED})
    report = generate(protos, out)

    assert not (out / "google").exists()
    assert (f"{protos}/google/api/http.proto: the installed one is used",) == report.warnings


def test_what_is_imported_from_an_include_folder_is_generated_too(
    protos: Path, out: Path, tmp_path: Path
) -> None:
    shared = write(
        tmp_path / "shared",
        {
            "codegenshared/used.proto": 'syntax = "proto3"; package codegenshared; message Used {}',
            "codegenshared/unused.proto": 'syntax = "proto3"; package codegenshared;',
        },
    )
    importer = (
        'syntax = "proto3"; import "codegenshared/used.proto";'
        " message CodegenSampleUser { codegenshared.Used used = 1; }"
    )
    write(protos, {"codegensample_user.proto": importer})
    generate(protos, out, include=[shared])

    assert (out / "codegenshared/used_pb2.py").is_file()
    assert not (out / "codegenshared/unused_pb2.py").exists()
    assert (
        "from generated.codegenshared import used_pb2"
        in (out / "codegensample_user_pb2.py").read_text()
    )


def test_a_folder_that_python_can_not_import_is_a_mistake_with_its_name(
    protos: Path, out: Path
) -> None:
    write(protos, {"import/v1/x.proto": 'syntax = "proto3"; package x.v1; message X {}'})

    with pytest.raises(ContractMistakes) as caught:
        generate(protos, out)
    assert [
        'Python can not import a module or package "import": rename it @ import/v1/x.proto'
    ] == list(map(str, caught.value.exceptions))


def test_a_message_that_python_can_not_name_is_a_mistake_with_its_name(
    protos: Path, out: Path
) -> None:
    odd = (
        'syntax = "proto3"; package odd.v1; message None {}'
        " service Odd { rpc Get(None) returns (None); }"
    )
    write(protos, {"odd.proto": odd})

    with pytest.raises(ContractMistakes) as caught:
        generate(protos, out)
    assert ['the name of "None" is a keyword of Python: rename it @ odd.v1.Odd/Get'] == list(
        map(str, caught.value.exceptions)
    )


def test_serving_protos_needs_no_names_that_python_likes(tmp_path: Path) -> None:
    text = 'syntax = "proto3"; package x.v1; message None {}'
    found = compile_protos(write(tmp_path, {"import/v1/my.odd-name.proto": text}))

    assert ["import/v1/my.odd-name.proto"] == [
        it.name for it in FileDescriptorSet.FromString(found).file
    ]


TOP_RENAMED = """\
syntax = "proto3";
import "codegensample/old/v1/old-things.proto";
message CodegenSampleTop { codegensample.old.v1.Old renamed = 1; }
"""

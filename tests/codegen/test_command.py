"""What a person sees: errors with a caret, a check that names files, one line for a lack."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from bff.codegen import compile_protos, generate, main
from bff.terms.mistakes import ContractMistakes
from tests.codegen.sample import contents, write

ROOT = Path(__file__).resolve().parents[2]
BAD = """\
syntax = "proto3";
package bad.v1;
import "bad/v1/gone.proto";
message Bad {
  string a = 1;
  // é before a tab
  strin\tb = 2;
  /* é */ Foo f = 3;
  string c = 1;
}
"""


@pytest.fixture
def bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder whose protos/ has mistakes."""
    monkeypatch.chdir(tmp_path)
    return write(tmp_path / "protos", {"bad/v1/bad.proto": BAD})


def test_each_proto_mistake_is_one_block_with_line_and_caret(
    bad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The caret stands under the place although protoc counts bytes, and tabs as 8 columns."""
    status = main([])

    assert 1 == status
    assert (
        """\
protos/bad/v1/bad.proto:3:1: Import "bad/v1/gone.proto" was not found.
    import "bad/v1/gone.proto";
    ^

protos/bad/v1/bad.proto:7:3: "strin" is not defined.
      strin b = 2;
      ^

protos/bad/v1/bad.proto:8:12: "Foo" is not defined.
      /* é */ Foo f = 3;
              ^

protos/bad/v1/bad.proto:9:14: Field number 1 has already been used in "bad.v1.Bad" by field "a". \
Next available field number is 4.
      string c = 1;
                 ^

4 mistakes; nothing was written
"""
        == capsys.readouterr().err
    )


def test_line_9_is_told_before_line_10(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'syntax = "proto3";\nmessage M {\n' + "".join(
        f"  X{n} f{n} = {n};\n" for n in range(1, 10)
    )
    main(
        ["--protos", str(write(tmp_path, {"m.proto": text + "}\n"})), "--out", str(tmp_path / "g")]
    )
    told = [
        line.split(":")[1] for line in capsys.readouterr().err.splitlines() if ".proto:" in line
    ]

    assert ["3", "4", "5", "6", "7", "8", "9", "10", "11"] == told


def test_an_error_in_an_imported_file_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """protoc also complains about every import of the broken file."""
    files = {
        "a.proto": 'syntax = "proto3";\nimport "b.proto";\n',
        "b.proto": 'syntax = "proto3";\nmessage B { string s 1; }\n',
    }
    main(["--protos", str(write(tmp_path, files)), "--out", str(tmp_path / "g")])

    assert (
        f"{tmp_path}/b.proto:2:22: Missing field number.\n"
        "    message B { string s 1; }\n"
        "                         ^\n"
        "\n"
        "1 mistake; nothing was written\n"
    ) == capsys.readouterr().err


def test_compile_protos_raises_every_mistake_at_its_file_and_line(bad: Path) -> None:
    with pytest.raises(ContractMistakes) as caught:
        compile_protos(bad)

    assert 'Import "bad/v1/gone.proto" was not found. @ bad/v1/bad.proto:3' in map(
        str, caught.value.exceptions
    )


def test_warnings_are_shown_and_harm_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'syntax = "proto3";\nimport "google/protobuf/empty.proto";\n'
    status = main(
        ["--protos", str(write(tmp_path, {"w.proto": text})), "--out", str(tmp_path / "g")]
    )
    warning = f"{tmp_path}/w.proto:2:1: warning: Import google/protobuf/empty.proto is unused.\n"

    assert (0, warning) == (status, capsys.readouterr().err)


def test_check_names_every_file_and_writes_none(
    protos: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generate(protos, out)
    stub = "codegensample_top_pb2.pyi"
    (out / stub).unlink()
    write(out, {"codegensample_top_pb2.py": "# edited", "gone_pb2.py": ""})
    before = contents(out)
    status = main(["--protos", str(protos), "--out", str(out), "--check"])

    assert 1 == status
    assert (
        f"missing    {out}/{stub}\n"
        f"differs    {out}/codegensample_top_pb2.py\n"
        f"left over  {out}/gone_pb2.py\n"
        f"{out}: run `make codegen`\n"
    ) == capsys.readouterr().out
    assert before == contents(out)


def test_check_passes_on_what_was_just_written(protos: Path, out: Path) -> None:
    arguments = ["--protos", str(protos), "--out", str(out)]

    assert (0, 0) == (main(arguments), main([*arguments, "--check"]))


def test_check_of_a_missing_folder_fails_and_makes_none(protos: Path, out: Path) -> None:
    assert 1 == main(["--protos", str(protos), "--out", str(out), "--check"])
    assert not out.exists()


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["--protos", "nowhere"], "codegen: nowhere: no such folder\n"),
        (["--protos", "empty"], "codegen: empty: no .proto file in it\n"),
        (["--out", "my-api"], "codegen: my-api: a Python package can not have this name\n"),
    ],
)
def test_a_wrong_folder_is_one_line(
    bad: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    (bad.parent / "empty").mkdir()

    assert (1, told) == (main(arguments), capsys.readouterr().err)


def test_without_grpcio_tools_one_line_says_what_to_install(
    protos: Path, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "grpc_tools" else find(name)
    )
    status = main(["--protos", str(protos), "--out", str(out)])

    assert (1, "codegen: grpcio-tools is not installed: it comes with the extra [codegen]\n") == (
        status,
        capsys.readouterr().err,
    )


def test_it_runs_as_a_module_beside_a_generated_package_that_can_not_be_imported(
    protos: Path, out: Path
) -> None:
    generate(protos, out)
    (out / "__init__.py").write_text("Generated from the protos by `make codegen`: no Python")
    done = subprocess.run(
        [sys.executable, "-m", "bff.codegen"],
        cwd=protos.parent,
        env={"PYTHONPATH": f"{protos.parent}:{ROOT}"},
        check=False,
        capture_output=True,
        text=True,
    )

    assert (0, "", "generated: 29 files from 6 protos: 1 written, 0 removed\n") == (
        done.returncode,
        done.stderr,
        done.stdout,
    )

"""The commands as an operator types them: true help, one clear line for each mistake."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import bff.codegen.protoc
from bff.cli import main
from bff.codegen import compile_protos
from bff.contract.codec.native_engine import engine_name
from tests.serve.library import BOOKS, SERVICE, running_library, write_protos
from tests.serve.process import run

BOOK = "/v1/shelves/a/books/b"
MEANS = f"JSON codec: {engine_name()}; store: memory"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with protos in it, and no bff.toml."""
    monkeypatch.chdir(tmp_path)
    write_protos(tmp_path / "protos")
    return tmp_path


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Lines of stderr."""
    return capsys.readouterr().err.splitlines()


def routes(capsys: pytest.CaptureFixture[str], *words: str) -> list[list[str]]:
    """Method and path of every line."""
    assert 0 == main(["routes", "--protos", "protos", *words])
    return [line.split()[:2] for line in capsys.readouterr().out.splitlines()]


def test_check_takes_the_sources_that_serve_takes(folder, capsys):
    Path("library.binpb").write_bytes(compile_protos(folder / "protos"))
    address = ["--service", "*=127.0.0.1:1", "--auth", "none"]
    for source in (["--descriptors", "library.binpb"], ["--protos", "protos"]):
        assert 0 == main(["check", *source, *address])
        said = f"ok: 2 endpoints, 1 service addresses, 0 issuers; {MEANS}\n"
        assert (said, "") == capsys.readouterr()


def test_check_gives_advice_on_what_can_not_work(capsys):
    assert 0 == main(["check", "--protos", "protos"])
    assert [
        (
            f"note: {SERVICE} has no address, so its routes answer 503:"
            f" --service '{SERVICE}=host:port'"
        ),
        (
            "note: 2 routes want a token and there is no [[issuers]] to trust:"
            " add one, or open them with --auth none"
        ),
    ] == told(capsys)


def test_routes_lists_annotated_rpcs_and_ht9_all_of_them_when_asked(capsys):
    annotated = [
        ["GET", "/v1/{name=shelves/*/books/*}"],
        ["POST", "/v1/{name=shelves/*/books/*}:lend"],
    ]
    assert annotated == routes(capsys)
    rest = [["POST", f"/{SERVICE}/CountBooks"], ["POST", f"/{SERVICE}/WatchBooks"]]
    assert [*rest, *annotated] == routes(capsys, "--set", "expose_unannotated=true")


def test_routes_can_be_read_by_a_program(capsys):
    words = ["--protos", "protos", "--auth", "none", "--set", "expose_unannotated=true"]
    assert 0 == main(["routes", "--json", *words])
    line = BOOKS[: BOOKS.index("rpc CountBooks")].count("\n") + 1
    assert {
        "method": "POST",
        "path": f"/{SERVICE}/CountBooks",
        "access": "public",
        "name": "Library_CountBooks",
        "by": "unannotated",
        "declared_at": f"library/v1/books.proto:{line}",
        "rpcs": [f"{SERVICE}/CountBooks"],
    } == json.loads(capsys.readouterr().out)[0]


def test_oa5_services_of_one_name_in_two_packages_can_be_served_together(folder, capsys):
    other = BOOKS.replace("package library.v1", "package library.v2").replace("/v1/{", "/v2/{")
    other = other.replace("Shelf shelf", "library.v1.Shelf shelf")
    (folder / "protos" / "library" / "v2").mkdir()
    (folder / "protos" / "library" / "v2" / "books.proto").write_text(other)

    assert 0 == main(["routes", "--protos", "protos"])
    names = [line.split()[3] for line in capsys.readouterr().out.splitlines()]
    assert ["library_v1_Library_GetBook", "library_v2_Library_GetBook"] == names[::2]


def test_pt16_a_rules_file_overrides_annotations(folder, capsys):
    rule = {"selector": "library.v1.Library.GetBook", "get": "/books/{name}"}
    Path("rules.json").write_text(json.dumps({"http": {"rules": [rule]}}))
    assert ["GET", "/books/{name}"] in routes(capsys, "--rules", "rules.json")
    Path("bff.toml").write_text('[contract]\nprotos = ["protos"]\nrules = "rules.json"\n')
    assert 0 == main(["routes"])
    assert "GET   /books/{name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (None, "mistake: cannot be read: No such file or directory @ "),
        ("http:\n  rules:", "mistake: this is not JSON: Expecting value: line 1 column 1"),
        ("[]", 'mistake: this is no service configuration: {"http": {"rules": [...]}} @ '),
        ('{"http": {"rules": [{"selector": "a b", "get": "/x"}]}}', "mistake: `a b` selects"),
        (
            '{"http": {"rules": [{"selector": "a.B.C", "get": "/x"}]}}',
            "mistake: no rpc has this name: mend the selector @ a.B.C",
        ),
    ],
)
def test_pt16_a_rules_file_that_is_none_is_one_line(text, mistake, capsys):
    if text is not None:
        Path("rules.json").write_text(text)
    assert 1 == main(["check", "--protos", "protos", "--rules", "rules.json"])
    (line,) = told(capsys)
    assert line.startswith(mistake)


def test_a_proto_that_does_not_compile_shows_its_line(folder, capsys):
    write_protos(folder / "protos", BOOKS.replace("int64 pages", "int65 pages"))
    assert 1 == main(["check", "--protos", "protos"])
    place, line, caret = told(capsys)
    assert place.endswith('"int65" is not defined.')
    assert ["int65 pages = 2;", "^"] == [line.strip(), caret.strip()]


def test_protos_without_grpcio_tools_say_what_to_install(monkeypatch, capsys):
    def missing(name: str) -> None:
        assert name in ("grpc_tools", "google.api")

    monkeypatch.setattr(bff.codegen.protoc.importlib.util, "find_spec", missing)
    assert 1 == main(["check", "--protos", "protos"])
    (line,) = told(capsys)
    assert line.startswith("mistake: ")
    assert "is not installed: it comes with the extra [codegen]" in line


def test_every_source_at_fault_is_told_at_once(folder, capsys):
    Path("text.binpb").write_text("\xff")
    words = ["--descriptors", "nothing.binpb", "--protos", "nowhere"]
    assert 1 == main(["check", *words])
    first, second, count = told(capsys)
    assert "nowhere: no such folder" in first + second
    assert "cannot be read: No such file or directory" in first + second
    assert "2 mistakes" == count


def test_a_file_that_is_no_descriptor_set_says_how_to_make_one(capsys):
    Path("text.binpb").write_text("not a set")
    assert 1 == main(["check", "--descriptors", "text.binpb"])
    (line,) = told(capsys)
    assert "protoc -o FILE --include_imports" in line


def test_a_server_that_is_not_there_is_one_line(capsys):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        assert 1 == main(["check", "--reflect", address])
    assert [f"mistake: nothing that speaks gRPC can be reached there @ reflect {address}"] == told(
        capsys
    )


async def test_a_reflected_service_keeps_the_address_that_the_operator_gave_it(folder):
    """`--reflect` gives its own address only to those without one (never behind a `*`)."""
    async with running_library(folder / "protos") as library:
        words = ("--reflect", library.address, "--auth", "none")
        status, out, err = await run("check", *words, cwd=folder)
        named = ("--service", f"{SERVICE}=127.0.0.1:1")
        _, _, unreachable = await run("try", "GET", BOOK, *words, *named, cwd=folder)
        _, found, _ = await run("try", "GET", BOOK, *words, "--service", "*=[::1]:1", cwd=folder)

    said = f"ok: 2 endpoints, 1 service addresses, 0 issuers; {MEANS}"
    assert (0, said, "") == (status, out, err)
    assert "UNAVAILABLE" in unreachable
    assert "shelves/a/books/b" == json.loads(found)["name"]


@pytest.mark.parametrize(
    "pair",
    [
        "unknown_fields=ignore",
        "json_names=proto",
        "defaults=omit",
        "int64=number",
        "enums=short",
        "errors=status",
        "expose_unannotated=true",
        "docs=true",
        "deadline_ms=100",
        "reload=true",
    ],
)
def test_a_bare_key_finds_its_section(pair):
    assert 0 == main(["check", "--protos", "protos", "--set", pair])


@pytest.mark.parametrize("word", ["--service", "--set"])
@pytest.mark.parametrize("value", ["pkg.Service", "=x"])
def test_a_pair_that_is_none_is_one_line(word, value):
    with pytest.raises(SystemExit) as ended:
        main(["check", "--protos", "protos", word, value])
    assert f"bff: {word} takes KEY=VALUE, not {value!r}" == ended.value.code


@pytest.mark.parametrize("name", ["serve", "check", "routes", "try"])
def test_help_names_every_source(name, capsys):
    with pytest.raises(SystemExit):
        main([name, "--help"])
    text = capsys.readouterr().out
    for flag in ("--config", "--descriptors", "--protos", "--reflect", "--rules", "--service"):
        assert f"{flag} " in text
    assert (name == "serve") == ("--watch" in text)
    assert (name == "serve") == ("--admin-port" in text)


def test_a_codec_engine_that_is_none_is_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "bff", "check"],
        env={**os.environ, "BFF_CODEC": "fast", "PYTHONPATH": str(Path(bff.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    said = "mistake: BFF_CODEC must be auto, pure or native, not 'fast'\n"
    assert (1, said) == (done.returncode, done.stderr)


def test_batches_are_served_where_the_operator_wants_them(capsys):
    assert ["POST", "/v1/batch"] not in routes(capsys)
    assert ["POST", "/v1/batch"] in routes(capsys, "--set", "batch.requests=20")


def test_check_says_which_store_is_used_without_its_password(folder, capsys, monkeypatch):
    monkeypatch.setenv("BFF_STORE_URL", "rediss://bff:a-secret@cache.example:6380/1")
    assert 0 == main(["check", "--protos", "protos", "--service", "*=[::1]:1", "--auth", "none"])
    said = "".join(capsys.readouterr())
    assert (True, False) == ("store: rediss://cache.example:6380/1" in said, "a-secret" in said)


@pytest.mark.parametrize(
    ("lines", "mistake"),
    [
        ('[quotas.bad]\nlimit = 3\nendpoints = ["nope"]\n', "nope"),
        ('[sessions]\nkeys = ["short"]\n', "sessions.keys"),
    ],
)
def test_check_refuses_what_serve_would_refuse(folder, capsys, lines, mistake):
    Path("bff.toml").write_text(f'[contract]\nprotos = ["protos"]\n{LOGIN}{lines}')
    assert 1 == main(["check", "--config", "bff.toml"])
    assert mistake in capsys.readouterr().err


LOGIN = """
[login]
issuer = "https://login.example"
client_id = "bff"
client_secret = "of the test"
origin = "https://app.example"
"""

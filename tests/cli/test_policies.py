"""Who may call what, as an operator sees it: what the protos say, what the config says, and where.

Also what stops a boot: plaintext to another machine, services told in a way that can't be.
"""

import json
from pathlib import Path

import pytest

from bff.calls.pipeline import pipeline
from bff.cli import main
from bff.served import blueprint_of
from bff.settings import load
from bff.terms.access import Bound
from bff.terms.events import silence
from tests.serve.library import SERVICE

PROTO = """\
syntax = "proto3";
package library.v1;
import "bff/v1/options.proto";
import "google/api/annotations.proto";

service Library {
  rpc GetBook(Ask) returns (Book) {
    option (google.api.http) = {get: "/v1/{user_id}/books"};
    option (bff.v1.access) = "scope:books.read bind:user_id";
  }
  rpc ListBooks(Ask) returns (Book) {
    option (google.api.http) = {get: "/v1/books"};
    option (bff.v1.access) = "bind:shelf.owner";
  }
  rpc FindBooks(Ask) returns (Book) {
    option (google.api.http) = {get: "/v1/books:find"};
  }
}
message Ask { string user_id = 1; Shelf shelf = 2; }
message Shelf { string owner = 1 [json_name = "keeper"]; }
message Book { string title = 1; }
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(PROTO)
    return tmp_path


def write(text: str) -> None:
    folder = Path("protos/library/v1")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "books.proto").write_text(text)
    options = Path("protos/bff/v1")
    options.mkdir(parents=True, exist_ok=True)
    source = ROOT / "protos" / "bff" / "v1" / "options.proto"
    (options / "options.proto").write_text(source.read_text())


def configured(text: str) -> list[str]:
    Path("bff.toml").write_text('[contract]\nprotos = ["protos"]\n' + text)
    return ["--config", "bff.toml"]


def policies(capsys: pytest.CaptureFixture[str], text: str = "") -> list[tuple[str, str, str]]:
    assert 0 == main(["routes", "--policy", "--json", *configured(text)])
    listed = json.loads(capsys.readouterr().out)
    return [(one["path"], one["access"], one["origin"]) for one in listed]


def mistakes(capsys: pytest.CaptureFixture[str], text: str = "", command: str = "check") -> str:
    assert 1 == main([command, *configured(text)])
    return capsys.readouterr().err


def test_the_effective_policies_are_printed_with_who_said_so(capsys):
    place = "library/v1/books.proto"
    assert [
        ("/v1/books", "bind:shelf.owner", f"{place}:11"),
        ("/v1/books:find", "signed_in", "default"),
        ("/v1/{user_id}/books", "scope:books.read bind:user_id", f"{place}:7"),
    ] == policies(capsys)


def test_the_config_is_above_the_proto(capsys):
    said = f'[access]\n"{SERVICE}/GetBook" = "role:librarian"\ndefault = "public"\n'
    assert [
        ("/v1/books", "bind:shelf.owner"),
        ("/v1/books:find", "public"),
        ("/v1/{user_id}/books", "role:librarian"),
    ] == [one[:2] for one in policies(capsys, said)]


def test_auth_none_opens_what_a_proto_has_shut_too(capsys):
    assert 0 == main(["routes", "--policy", "--protos", "protos", "--auth", "none"])
    lines = capsys.readouterr().out.splitlines()
    assert 3 == len(lines)
    assert all('public  [access] "api"' in line for line in lines)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("everyone", "(bff.v1.access): 'everyone' is no access policy: write public, signed_in"),
        ("os:abort", "(bff.v1.access): 'os:abort' is no access policy"),
        ("bind:isbn", "bind:isbn: /v1/books has no isbn in its path or query"),
    ],
)
def test_a_wrong_policy_in_a_proto_is_told_with_its_rpc(capsys, said, told):
    write(PROTO.replace("bind:shelf.owner", said))
    found = mistakes(capsys)
    assert told in found
    assert "library/v1/books.proto:11" in found


def test_without_a_default_the_rpc_of_which_nobody_speaks_stops_the_boot(capsys):
    found = mistakes(capsys, '[access]\ndefault = ""\n')
    assert "Library_FindBooks needs an access policy" in found
    assert "library/v1/books.proto:15" in found
    assert 1 == found.count("needs an access policy")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[services]\n"*" = "books:1"\n', 'books:1 is spoken to in plaintext @ services."*"'),
        (
            f'[services]\n"{SERVICE}" = "10.0.0.7:1"\n[security."{SERVICE}"]\ninsecure = false\n',
            f'@ services."{SERVICE}"',
        ),
        (
            '[transport.tls]\nca_file = "no.pem"\n',
            "no.pem cannot be read",
        ),
        (f'[security."{SERVICE}"]\ninsecure = true\n', "no service has this name in [services]"),
        ('[identity]\n"library.v1.Libary" = "none"\n', "no service has this name @ identity."),
        ('[identity]\n"*" = "signed"\n', "a signed token needs an issuer and keys @ signing"),
    ],
)
def test_services_reached_or_told_unsafely_stop_the_boot(capsys, text, told):
    found = mistakes(capsys, text).replace(", and is another machine", "")
    whole, _, place = told.rpartition(" @ ")
    assert whole in found
    assert place in found


@pytest.mark.parametrize(
    "text",
    [
        '[services]\n"*" = "127.0.0.1:1"\n',
        '[services]\n"*" = "https://books"\n',
        '[services]\n"*" = "books:1"\n[security."*"]\ninsecure = true\n',
        '[services]\n"*" = "books:1"\n[transport]\ninsecure = true\n',
        '[services]\n"*" = "books:1"\n[security."*"]\nca_file = "ca.pem"\n',
        f'[identity]\n"{SERVICE}" = "none"\n',
    ],
)
def test_what_is_safe_or_wanted_starts(text):
    Path("ca.pem").touch()
    assert 0 == main(["check", *configured(text)])


def test_a_bound_parameter_is_known_by_every_name_that_a_client_can_send_it_by():
    """One that the gate did not know would be a way around it."""
    blueprint = blueprint_of(
        load(Path(configured("")[1]), environment={}), pipeline({}, emit=silence)
    )
    [books] = [one for one in blueprint.endpoints if one.template.text == "/v1/books"]
    names = frozenset({"shelf.owner", "shelf.keeper"})
    assert (Bound("shelf.owner", None, names),) == books.access.bound

"""One report of every mistake: whatever does not depend on another is looked at, too."""

import re
from pathlib import Path

import pytest

from bff.cli import main
from tests.serve.library import SERVICE, write_protos

GUARD = """
[store]
url = "redis://127.0.0.1:1/0"
[login]
issuer = "https://login.example"
client_id = "bff"
client_secret = "of the test"
origin = "https://app.example"
[[issuers]]
issuer = "https://login.example"
audience = "bff"
keys = "keys.json"
[[issuers]]
issuer = "https://login.example"
audience = "another"
keys = "keys.json"
"""
OF_GUARD = {"issuers", "sessions.keys"}
PLAINTEXT = '[services]\n"*" = "books:1"\n'
OF_REACH = {'services."*"'}
NAMES = f"""
[server]
handlers = "nowhere:app"
[identity]
"library.v1.Libary" = "none"
[access]
"of-access" = "public"
[criticality]
"of-criticality" = "critical"
[idempotent]
"of-idempotent" = "required"
[quotas.one]
limit = 3
endpoints = ["{SERVICE}/Gone"]
"""
OF_NAMES = {
    "server.handlers",
    'identity."library.v1.Libary"',
    'access."of-access"',
    'criticality."of-criticality"',
    'idempotent."of-idempotent"',
    'quotas."one".endpoints',
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def places(capsys: pytest.CaptureFixture[str], text: str) -> set[str]:
    """Where `bff check` finds mistakes."""
    Path("bff.toml").write_text(text)
    assert 1 == main(["check", "--config", "bff.toml"])
    return set(re.findall(r"^mistake: .* @ (.*)$", capsys.readouterr().err, re.MULTILINE))


def test_check_tells_the_mistakes_of_every_group_at_once(folder, capsys):
    write_protos(folder / "protos")
    found = places(capsys, f'[contract]\nprotos = ["protos"]\n{PLAINTEXT}{GUARD}{NAMES}')
    assert OF_REACH | OF_GUARD | OF_NAMES == found


def test_a_contract_that_cannot_be_read_hides_no_mistake_but_those_of_its_names(capsys):
    text = f'[contract]\ndescriptors = ["nothing.binpb"]\n{PLAINTEXT}{GUARD}{NAMES}'
    assert {"nothing.binpb", "server.handlers"} | OF_REACH | OF_GUARD == places(capsys, text)


def test_a_server_that_is_not_there_is_blamed_for_no_other_setting(capsys):
    """Nobody can say whether the service is among those that it would have named."""
    text = f'[contract]\nreflect = ["127.0.0.1:1"]\n[security."{SERVICE}"]\ninsecure = true\n'
    assert {"reflect 127.0.0.1:1"} == places(capsys, text)

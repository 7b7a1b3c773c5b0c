"""Settings: file, environment, command line; every mistake told at once, each with its key."""

from pathlib import Path

import pytest

from bff.settings import Overrides, Settings, load
from bff.terms.mistakes import ContractMistakes

FILE = """
[server]
port = 9000
[services]
"a.v1.A" = "127.0.0.1:1"
[access]
"a.v1.A/Get" = "public"
[[issuers]]
issuer = "https://issuer.test"
audience = "bff"
keys = "jwks.json"
algorithms = ["ES256"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "bff.toml"
    path.write_text(FILE)
    return path


def mistakes_of(path: Path | None, text: str | None = None, **given: object) -> list[str]:
    if path and text is not None:
        path.write_text(text)
    with pytest.raises(ContractMistakes) as caught:
        load(path, **{"environment": {}, **given})  # type: ignore[arg-type]
    return [str(one) for one in caught.value.exceptions]


def test_a_file_fills_the_settings(file: Path):
    settings = load(file, environment={})

    assert 9000 == settings.server.port
    assert {"a.v1.A": "127.0.0.1:1"} == dict(settings.services)
    assert ("https://issuer.test", ("ES256",)) == (
        settings.issuers[0].issuer,
        settings.issuers[0].algorithms,
    )
    assert file.parent / "jwks.json" == settings.path("jwks.json")


def test_a_section_of_several_words_is_found_in_the_environment():
    environment = {"BFF_RATE_LIMITS_WAIT_MS": "20"}
    assert 20 == load(None, environment=environment).rate_limits.wait_ms


def test_the_environment_beats_the_file_and_the_command_line_beats_both(file: Path):
    environment = {"BFF_SERVER_PORT": "9001", "BFF_SERVER_DOCS": "true", "OTHER": "x"}
    overrides = Overrides(keys=(("server.port", "9002"),), services=(("*", "127.0.0.1:2"),))

    assert 9001 == load(file, environment=environment).server.port
    settings = load(file, environment=environment, overrides=overrides)
    assert (9002, True) == (settings.server.port, settings.server.docs)
    assert {"a.v1.A": "127.0.0.1:1", "*": "127.0.0.1:2"} == dict(settings.services)


def test_a_bare_key_finds_the_one_section_that_has_it():
    overrides = Overrides(keys=(("unknown_fields", "ignore"), ("deadline_ms", "50")))
    settings = load(None, environment={}, overrides=overrides)

    assert ("ignore", 50) == (settings.json.unknown_fields, settings.calls.deadline_ms)


def test_a_value_can_come_from_a_file_that_the_environment_names(tmp_path: Path):
    secret = tmp_path / "title"
    secret.write_text("From a file\n")

    settings = load(None, environment={"BFF_SERVER_TITLE_FILE": str(secret)})
    assert "From a file" == settings.server.title


def test_no_file_and_no_environment_is_every_default():
    assert Settings() == load(None, environment={})


def test_auth_none_makes_every_rpc_public(file: Path):
    settings = load(file, environment={}, overrides=Overrides(open_access=True))
    assert {"api": "public", "default": "public"} == dict(settings.access)


def test_every_mistake_is_told_at_once_with_its_key(file: Path):
    text = """
    [server]
    prot = 1
    port = "80"
    docs = 1
    [json]
    int64 = "text"
    [calls]
    deadline_ms = true
    [services]
    "a.A" = 5
    [[issuers]]
    issuer = "x"
    """
    assert [
        "must be a whole number @ calls.deadline_ms",
        "this setting is required @ issuers[0].audience",
        "this setting is required @ issuers[0].keys",
        "must be one of 'string', 'number' @ json.int64",
        "must be true or false @ server.docs",
        "must be a whole number @ server.port",
        "no setting is called prot; did you mean port? @ server.prot",
        'must be text @ services."a.A"',
    ] == mistakes_of(file, text)


def test_settings_that_contradict_each_other_are_named_at_once(file: Path) -> None:
    text = """
    [server]
    workers = 2
    [idempotency]
    keys = "required"
    [cursors]
    signed = true
    [services]
    "*" = "books:port"
    [clients.web]
    int64 = "number"
    """
    places = [one.rpartition(" @ ")[2] for one in mistakes_of(file, text)]
    assert ["clients.web", "server.workers", "server.workers", 'services."*"'] == places


@pytest.mark.parametrize(
    ("environment", "keys", "mistake"),
    [
        ({"BFF_SERVER_PROT": "1"}, (), "no setting is called server.prot; did you mean port?"),
        ({"BFF_SERVER_PORT": "x"}, (), "must be a number @ BFF_SERVER_PORT"),
        ({"BFF_SERVER_DOCS": "perhaps"}, (), "must be true or false @ BFF_SERVER_DOCS"),
        ({"BFF_NOWHERE_X": "1"}, (), "no section is called nowhere @ BFF_NOWHERE_X"),
        ({"BFF_SERVER_TITLE_FILE": "/none"}, (), "cannot read /none: No such file or directory"),
        ({}, (("unknwon_fields", "ignore"),), "no setting is called unknwon_fields; did you mean"),
        ({}, (("json.int65", "number"),), "no setting is called json.int65; did you mean int64?"),
    ],
)
def test_a_wrong_override_names_itself(environment, keys, mistake):
    found = mistakes_of(None, environment=environment, overrides=Overrides(keys=keys))
    assert any(one.startswith(mistake) for one in found), found


def test_a_file_that_is_not_toml_says_where(file: Path):
    found = mistakes_of(file, "[server\n")
    assert ["this is not TOML"] == [found[0][:16]]
    assert ["there is no such file @ nowhere.toml"] == mistakes_of(Path("nowhere.toml"))


LOGIN = """
[login]
issuer = "https://login.example"
client_id = "bff"
client_secret = "of the test"
origin = "https://app.example"
"""


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("", []),
        (LOGIN, ["[login] needs a [store] url where there are several workers"]),
        (f'{LOGIN}[store]\nurl = "redis://a"\n', []),
        (
            '[idempotency]\nkeys = "on"\n',
            ["Idempotency-Key needs a [store] url where there are several workers"],
        ),
        (
            "[cursors]\nsigned = true\n",
            ["[cursors] keys must be given where there are several workers"],
        ),
    ],
)
def test_what_one_worker_remembers_the_next_one_must_know(file: Path, text, mistakes):
    found = mistakes_of(file, f"[server]\nworkers = 2\n{text}") if mistakes else []
    assert [f"{one} @ server.workers" for one in mistakes] == found
    file.write_text(f"[server]\nworkers = {1 if mistakes else 2}\n{text}")
    assert load(file, environment={}).server.workers in (1, 2)

"""docs/spec/threats.md "admin, metrics, docs": what is for us, before anybody set anything."""

import pytest

from bff.cli import main
from bff.settings import load
from tests.journeys.conftest import ROOT

SECRET = "s3cret-of-ours-and-nobody-elses"
KEY = "a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
SECRETS = {
    "BFF_LOGIN_CLIENT_SECRET": SECRET,
    "BFF_EXCHANGE_CLIENT_SECRET": SECRET,
    "BFF_ADMIN_TOKEN": SECRET,
    "BFF_STORE_URL": f"redis://bff:{SECRET}@127.0.0.1:1/0",
    "BFF_SESSIONS_KEYS": KEY,
    "BFF_CURSORS_KEYS": KEY,
}


def test_what_is_for_us_is_for_this_machine_alone_by_default():
    server = load(None, environment={}).server
    assert ("127.0.0.1", False, False) == (server.admin_host, server.docs, server.reload)


def test_no_secret_is_in_what_the_settings_show():
    settings = load(None, environment=SECRETS)
    assert SECRET == settings.login.client_secret, "they were read"
    shown = repr(settings)
    assert [] == [one for one in (SECRET, KEY, KEY[2:]) if one in shown]


@pytest.mark.parametrize("command", ["check", "routes"])
def test_no_secret_is_in_what_a_command_prints(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(ROOT)
    assert 0 == main([command, "--config", "bff.toml"])
    told = capsys.readouterr()
    assert told.out
    assert [] == [one for one in (SECRET, KEY[2:]) if one in told.out + told.err]

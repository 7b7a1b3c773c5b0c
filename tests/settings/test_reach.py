"""How the settings' words reach the connections: per service, with files beside the config file."""

from pathlib import Path

import pytest

from bff.reach import check_reach, options_of, transports_of
from bff.settings import Settings, load
from bff.terms.events import silence
from bff.terms.mistakes import ContractMistakes
from bff.transport.http2.options import Tls

CONFIG = """
[services]
"a.A" = "a.example:1"
"b.B" = "127.0.0.1:1"
"c.C" = "127.0.0.1:1"
"d.D" = "127.0.0.1:1"
[security."a.A"]
ca_file = "pki/ca.pem"
certificate_file = "/dev/null"
server_name = "a.internal"
[security."d.D"]
ca_file = "pki/ca.pem"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "bff.toml"
    file.write_text(CONFIG)
    (tmp_path / "pki").mkdir()
    (tmp_path / "pki" / "ca.pem").touch()
    return load(file, environment={})


def test_files_are_found_from_the_config_files_folder(settings: Settings, tmp_path: Path) -> None:
    assert (
        Tls(
            ca_file=str(tmp_path / "pki" / "ca.pem"),
            certificate_file="/dev/null",
            server_name="a.internal",
        )
        == options_of(settings, "a.A").tls
    )
    assert None is options_of(settings, "b.B").tls


def test_services_share_connections_where_they_are_trusted_alike(settings: Settings) -> None:
    made = transports_of(settings, silence)
    assert made["b.B"] is made["c.C"]
    assert made["c.C"] is not made["d.D"]


def test_every_service_in_the_clear_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "bff.toml"
    file.write_text('[services]\n"a.A" = "a:1"\n"b.B" = "10.0.0.7:1"\n"c.C" = "unix:/run/c"\n')
    with pytest.raises(ContractMistakes) as caught:
        transports_of(load(file, environment={}), silence)
    assert ['services."a.A"', 'services."b.B"'] == [
        one.where for one in caught.value.exceptions if hasattr(one, "where")
    ]


def test_every_file_for_tls_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    """Else whoever calls first would be told, of a service that isn't there."""
    file = tmp_path / "bff.toml"
    (tmp_path / "there.pem").touch()
    file.write_text(
        '[services]\n"a.A" = "a:1"\n'
        '[security."a.A"]\nca_file = "no.pem"\nkey_file = "."\ncertificate_file = "there.pem"\n'
        '[transport.tls]\nca_file = "there.pem"\nkey_file = "no.key"\n'
    )
    with pytest.raises(ContractMistakes) as caught:
        check_reach(load(file, environment={}))
    assert [
        'no.pem cannot be read: No such file or directory @ security."a.A".ca_file',
        '. cannot be read: Is a directory @ security."a.A".key_file',
        "no.key cannot be read: No such file or directory @ transport.tls.key_file",
    ] == [str(one) for one in caught.value.exceptions]


def test_files_for_all_services_are_found_from_the_config_files_folder(tmp_path: Path) -> None:
    file = tmp_path / "bff.toml"
    file.write_text('[transport.tls]\nca_file = "ca.pem"\n')
    options = options_of(load(file, environment={}), "a.A")
    assert Tls(ca_file=str(tmp_path / "ca.pem")) == options.tls

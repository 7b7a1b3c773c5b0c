"""How an operator says it: the secret and the keys by environment, and none of them shown."""

from base64 import b64encode
from pathlib import Path

from bff.settings import load
from bff.terms.named_keys import named_keys

ROOT = Path(__file__).parents[2]
KEYS = [f"{name}:{b64encode(name.encode() * 16).decode()}" for name in ("k2", "k1")]


def test_secret_and_keys_come_by_environment_or_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from-a-file\n")
    environment = {
        "BFF_LOGIN_CLIENT_SECRET_FILE": str(secret),
        "BFF_SESSIONS_KEYS": ", ".join(KEYS),
    }
    settings = load(ROOT / "bff.toml", environment=environment)
    assert "from-a-file" == settings.login.client_secret
    assert {"k2": b"k2" * 16, "k1": b"k1" * 16} == named_keys(
        settings.sessions.keys, where="sessions.keys"
    )
    for hidden in ("from-a-file", *(key.partition(":")[2] for key in KEYS)):
        assert hidden not in repr(settings)


def test_nobody_signs_in_unless_the_operator_says_where() -> None:
    assert "" == load(None, environment={}).login.issuer

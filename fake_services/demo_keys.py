"""The demo's own signing key: made once on this machine, never committed.

Why       The BFF of the demo verifies real ES256 tokens, so somebody must issue them.
Called by tokens.py, demo.py and cli.py.
Never     overwrites a key; two processes that start together agree on one.
Source    RFC 7517 (JWKS), RFC 7638 (thumbprint as key id).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fake_services.state_file import ROOT

DEFAULT_FOLDER: Final = ROOT / ".run" / "demo-keys"
_PRIVATE, _PUBLIC = "private.pem", "jwks.json"
_COORDINATE_BYTES = 32


@dataclass(frozen=True, slots=True)
class DemoKeys:
    """The private key, its id, and where the public key set is."""

    private: ec.EllipticCurvePrivateKey
    key_id: str
    jwks: Path

    @property
    def public_pem(self) -> bytes:
        """The public key as everybody may know it."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, form)


def demo_keys(folder: Path = DEFAULT_FOLDER) -> DemoKeys:
    """The keys of this folder, made at the first call."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A private key must not depend on what the repository happens to ignore.
    _write_once(folder / ".gitignore", b"*\n")
    private_path = folder / _PRIVATE
    if not private_path.exists():
        _write_once(private_path, _new_private_pem())
    private = serialization.load_pem_private_key(private_path.read_bytes(), password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{private_path} is not an elliptic curve key; remove the folder")
    jwk = _jwk(private.public_key())
    # It follows from the private key, so whoever writes it writes the same.
    _write_once(folder / _PUBLIC, json.dumps({"keys": [jwk]}, indent=2).encode() + b"\n")
    return DemoKeys(private, jwk["kid"], folder / _PUBLIC)


def _new_private_pem() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write_once(path: Path, content: bytes) -> None:
    """Write a file that only we may read, in one step; the first writer wins."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _jwk(public: ec.EllipticCurvePublicKey) -> dict[str, str]:
    numbers = public.public_numbers()
    x, y = (_text(number.to_bytes(_COORDINATE_BYTES, "big")) for number in (numbers.x, numbers.y))
    members = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
    thumbprint = hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
    return members | {"alg": "ES256", "use": "sig", "kid": _text(thumbprint)}


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")

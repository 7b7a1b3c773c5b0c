"""Do the protos on disk still match the generated code? Answered without protoc or importing.

Called by generation.py (writes the fingerprint), app and cli (a hint at boot in development).
Never     imports the generated package: it may be broken.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

_RECORDED = re.compile(r'^PROTOS_SHA256 = "([0-9a-f]{64})"$', re.MULTILINE)


def protos_sha256(protos: Path) -> str:
    """The fingerprint of every proto under a folder: names and bytes, in sorted order."""
    files = sorted(protos.rglob("*.proto"), key=lambda path: path.relative_to(protos).as_posix())
    return _digest((path.relative_to(protos).as_posix(), path.read_bytes()) for path in files)


def recorded_sha256(generated: Path) -> str:
    """The fingerprint that codegen wrote down, or "" if there is none to be read."""
    try:
        match = _RECORDED.search((generated / "__init__.py").read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""
    return match[1] if match else ""


def up_to_date(protos: Path, generated: Path) -> bool:
    """False if a proto was changed, added or removed since `generated` was written."""
    return protos_sha256(protos) == recorded_sha256(generated)


def _digest(files: Iterable[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, data in files:
        # The length keeps "a" + "bc" and "ab" + "c" apart.
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()

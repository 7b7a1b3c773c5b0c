"""Every knob of the operator: `bff.toml`, then BFF_* from the environment, then the command line.

Why       Rooms own their options; only this file knows that they come from a file. So no room reads
          a config.
Called by cli.py and app.py.
Never     accepts a key it does not know, or stops at the first mistake; never prints a secret.
Source    docs/configuration.md lists every setting (a test holds it against this file).
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bff.config_reader import Reader
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.guard.identity import IssuerOptions
from bff.terms.mistakes import ContractMistake, ContractMistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """Where the BFF listens. `docs` serves /openapi.json and /docs on the public port.

    title    the name in the API document
    drain_s  seconds that requests under way get after SIGTERM
    """

    host: str = "127.0.0.1"
    port: int = 8080
    admin_host: str = "127.0.0.1"
    admin_port: int = 8081
    docs: bool = False
    title: str = "Backend for Frontend"
    drain_s: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractOptions:
    """What is served. Paths are relative to the config file.

    descriptors  files of google.protobuf.FileDescriptorSet, with imports
    views        Python packages whose screens are served
    """

    descriptors: tuple[str, ...] = ()
    views: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOptions:
    """Defaults of transcoded calls. `deadline_ms` is the whole budget of one request."""

    deadline_ms: int = 2_000
    max_reply_bytes: int = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration. `services` maps "pkg.Service" or "*" to "host:port".

    access  "pkg.Service/Method" -> "public" or "signed_in"; "default" is for all the others
    folder  what relative paths are relative to
    """

    server: ServerOptions = ServerOptions()
    contract: ContractOptions = ContractOptions()
    calls: CallOptions = CallOptions()
    json: JsonOptions = JsonOptions()
    limits: JsonLimits = JsonLimits()
    services: Mapping[str, str] = field(default_factory=dict)
    access: Mapping[str, Literal["public", "signed_in"]] = field(default_factory=dict)
    issuers: tuple[IssuerOptions, ...] = ()
    folder: Path = Path()

    def path(self, name: str) -> Path:
        """A path of the config file, made absolute."""
        return (self.folder / name).resolve()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What the command line says. `keys` are "section.key" or a key that only one section has.

    descriptors  paths relative to the working folder; they replace the file's
    open_access  `--auth none`: every transcoded route is public
    """

    keys: tuple[tuple[str, str], ...] = ()
    services: tuple[tuple[str, str], ...] = ()
    descriptors: tuple[str, ...] = ()
    open_access: bool = False


def load(
    file: Path | None,
    *,
    environment: Mapping[str, str] | None = None,
    overrides: Overrides | None = None,
) -> Settings:
    """Read the settings. Raises ContractMistakes that name every wrong key at once."""
    data = _parsed(file) if file else {}
    wanted = overrides or Overrides()
    reader = Reader(Settings)
    reader.environment(data, os.environ if environment is None else environment)
    for key, value in wanted.keys:
        reader.override(data, key, value)
    if wanted.services:
        data.setdefault("services", {}).update(wanted.services)
    if wanted.descriptors:
        data.setdefault("contract", {})["descriptors"] = [
            str(Path(one).resolve()) for one in wanted.descriptors
        ]
    if wanted.open_access:
        data["access"] = {"default": "public"}
    settings: Settings = reader.read(data, folder=file.parent if file else Path())
    if reader.mistakes:
        raise ContractMistakes.of(reader.mistakes)
    return settings


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        what = "there is no such file"
    except tomllib.TOMLDecodeError as error:
        what = f"this is not TOML: {error}"
    raise ContractMistakes.of([ContractMistake(what, where=str(file))])

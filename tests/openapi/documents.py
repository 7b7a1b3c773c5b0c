"""The documents of the demo and of the echo, made without a running service.

Called by the oracle tests, which need the operations' names before anything runs.
"""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bff.calls.pipeline import pipeline
from bff.compose.blueprint import Blueprint
from bff.publish.openapi import document
from bff.served import blueprint_of
from bff.server_options import ContractOptions
from bff.settings import Settings, load
from bff.terms.events import silence
from tests.journeys.conftest import ROOT
from tests.openapi.echo import descriptors


def demo_blueprint() -> Blueprint:
    return _blueprint(load(ROOT / "bff.toml", environment={}))


def demo_document() -> Mapping[str, Any]:
    return document(demo_blueprint())


def echo_document() -> Mapping[str, Any]:
    """Under the default settings."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "echo.binpb"
        file.write_bytes(descriptors())
        served = Settings(
            contract=ContractOptions(descriptors=(str(file),)), access={"default": "public"}
        )
        return document(_blueprint(served))


def _blueprint(settings: Settings) -> Blueprint:
    return blueprint_of(settings, pipeline({}, emit=silence))

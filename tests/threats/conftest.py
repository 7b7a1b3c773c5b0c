"""What the tests of the rooms stand on, for those who would misuse it. Called by pytest."""

from tests.contract.codec.conftest import types
from tests.journeys.conftest import demo, whole_demo
from tests.journeys.signed_in import web
from tests.sessions.conftest import keys, provider, world

__all__ = ["demo", "keys", "provider", "types", "web", "whole_demo", "world"]

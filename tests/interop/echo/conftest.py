"""The transports' own fixtures, here too: the scenarios run over both of them.

Called by pytest, under `make interop`.
"""

from tests.transport.conftest import connect, kind

__all__ = ["connect", "kind"]

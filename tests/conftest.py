"""What every test may rely on: generated examples can be replayed, and no test reads our settings.

Called by pytest, before any test.
Never     starts a service: the journeys' own conftest does.
"""

import gc
import os

from hypothesis import settings

# No deadline: a slow, shared machine is no bug. print_blob: a failure in CI can be replayed here.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

# A setting that somebody exported in this shell must not decide what a test sees.
for name in [it for it in os.environ if it.startswith("BFF_")] + ["PORT", "ADMIN_PORT"]:
    os.environ.pop(name, None)


def pytest_collection_finish() -> None:
    """What was imported stays: a collector that looks at it again and again stops journeys."""
    gc.freeze()

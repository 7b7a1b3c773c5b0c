"""All that is fuzzed in Python.

Called by hunting.py, test_aims.py.
"""

from tests.fuzz.aim import Aim
from tests.fuzz.aim_bodies import BODIES
from tests.fuzz.aim_frames import FRAMES
from tests.fuzz.aim_paths import PATHS
from tests.fuzz.aim_requests import REQUESTS
from tests.fuzz.aim_wire import WIRE

AIMS: tuple[Aim, ...] = (PATHS, BODIES, WIRE, FRAMES, REQUESTS)

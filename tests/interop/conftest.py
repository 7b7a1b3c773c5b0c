"""Tests against other people's programs: built and run by `make interop` alone.

Why       They need Go, or Node and Chromium, and once a network; `make test` needs none of it.
Called by pytest. dev.py's `interop` sets INTEROP.
"""

import os

collect_ignore_glob = [] if os.environ.get("INTEROP") else ["*"]

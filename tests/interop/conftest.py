"""Tests against gRPC of other languages: built and run by `make interop` alone.

Why       They need a Go toolchain and, once, a network for its modules; `make test` needs neither.
Called by pytest. dev.py's `interop` sets INTEROP.
"""

import os

collect_ignore_glob = [] if os.environ.get("INTEROP") else ["*"]

"""`python -m bff.codegen`: works even while `generated` is missing or stale, and bff with it."""

import sys

from bff.codegen.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

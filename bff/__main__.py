"""`python -m bff`: the same as the `bff` command."""

import sys

from bff.cli import main

sys.exit(main(sys.argv[1:]))

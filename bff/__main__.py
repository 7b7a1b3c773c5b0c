"""`python -m bff`: the same as the `bff` command."""

import sys

try:
    from bff.cli import main
except (ImportError, ValueError) as wrong:  # the engine of the codec is chosen when it is imported
    if "BFF_CODEC" not in str(wrong):
        raise
    sys.exit(f"mistake: {wrong}")

sys.exit(main(sys.argv[1:]))

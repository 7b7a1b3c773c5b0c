"""`python -m bff`, and the `bff` script: imports the program, then runs it."""

import gc
import sys


def main() -> int:
    """The exit status of the command in `sys.argv`."""
    gc.disable()  # what is imported stays: to look for garbage in it takes a sixth of the start
    try:
        from bff.cli import main as run
    except (ImportError, ValueError) as wrong:  # the engine of the codec is chosen by then
        if "BFF_CODEC" not in str(wrong):
            raise
        sys.exit(f"mistake: {wrong}")
    gc.enable()
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

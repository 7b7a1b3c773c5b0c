"""`python -m fake_services`."""

import sys

from fake_services.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m ordholden` is the command line."""

import sys

from ordholden.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""Lets ``python -m alumnistats`` do what the ``alumnistats`` command does."""

import sys

from alumnistats.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""`python -m mlscan` is `mlscan`."""

import sys

from mlscan.cli import main

if __name__ == "__main__":
    sys.exit(main())

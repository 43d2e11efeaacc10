"""`python -m ecgviz`: see `ecgviz.cli`."""

import sys

from ecgviz.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""The command line: one command per verb, `--json` for programs, words for people.

Every command ends with 0; or with 2 and one line `error: ...` on stderr for whatever a person can cause and mend.
Anything else is a bug, and shows its traceback.
"""

import sys
import warnings
from collections.abc import Sequence
from io import TextIOWrapper

import typer
from typer.exceptions import TyperException

from ecgviz.cli.commands import app
from ecgviz.errors import EcgvizError

__all__ = ["app", "main"]

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; None takes the arguments of the process. Returns the exit status."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a console that cannot print µ shows a question mark
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # a package's chatter would break "exactly one line on stderr"
    try:
        status = app(args=arguments, prog_name="python -m ecgviz", standalone_mode=False)
    except TyperException as error:
        return _fail(error.format_message())
    except EcgvizError as error:
        return _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        return _fail("Interrupted; nothing more was written.")
    if status == INTERRUPTED:
        return _fail("Interrupted; nothing more was written.")
    return int(status or 0)


def _fail(message: str) -> int:
    sys.stderr.write(f"error: {' '.join(message.split())}\n")
    return 2

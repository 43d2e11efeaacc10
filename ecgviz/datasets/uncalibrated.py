"""Records whose headers give no gain, from data sets whose publisher says elsewhere what a step is worth."""

from pathlib import Path

from ecgviz import readers
from ecgviz.errors import NeedsInputError
from ecgviz.record import Record

__all__ = ["STEPS", "read"]

STEPS = {"nstdb": "5 uV"}
"""By PhysioNet's name of the data set: `bw`, `em` and `ma` are at WFDB's default of 200 steps a mV (header format)."""


def read(path: Path, database: str) -> Record:
    """A record, read with the step known for its data set where the header gives no gain. Errors as `readers.read`."""
    try:
        return readers.read(path)
    except NeedsInputError as error:
        if error.missing != ("unit",) or database not in STEPS:
            raise
        return readers.read(path, unit=STEPS[database])

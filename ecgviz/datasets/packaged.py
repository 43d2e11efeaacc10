"""Records that need no data folder: the simulated gallery and the 12-lead waveform that pydicom carries."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from ecgviz import readers
from ecgviz.datasets.source import Entry, Source, table
from ecgviz.errors import DataError
from ecgviz.optional import need
from ecgviz.record import Record
from ecgviz.results import BeatSeries
from ecgviz.signals import synthetic

__all__ = ["DICOM_ENTRY", "open_dicom", "open_simulated"]

DICOM_ENTRY = "example/dicom-12-lead"


def open_simulated() -> Source:
    """The simulated gallery: rhythms, morphologies and technical faults, each labelled by what it shows."""
    gallery = synthetic.GALLERY
    groups = {"rhythm": "rhythms", "morphology": "morphologies", "technical": "technical faults"}
    return Source(
        key="simulated",
        title="Simulated",
        kind="simulated",
        rows=lambda: table(
            {
                f"simulated/{key}": Entry(item.title, (item.group,), item.description, item.age, item.sex)
                for key, item in gallery.items()
            }
        ),
        reader=lambda entry: synthetic.simulate(entry.partition("/")[2]).record,
        labels=lambda: groups,
        beats=lambda entry: _beats(entry.partition("/")[2]),
    )


def _beats(key: str) -> BeatSeries:
    """The beats that the simulator drew."""
    drawn = synthetic.simulate(key).beats
    times = np.array([beat.r_peak for beat in drawn], dtype=np.float64)
    return BeatSeries(times, tuple(beat.label for beat in drawn), "simulation")


def open_dicom() -> Source:
    """pydicom's sample of a resting 12-lead ECG. Raises DataError when that installation carries no samples."""
    path = _dicom_path()
    words = "resting 12-lead ECG, 10 s at 1000 Hz, DICOM waveform, from the test files of pydicom"
    return Source(
        key="example",
        title="Example file",
        kind="example",
        rows=lambda: table({DICOM_ENTRY: Entry(title="DICOM sample, 12 leads", words=words)}),
        reader=lambda entry: _read_dicom(path),
        licence="MIT (pydicom)",
        home="https://github.com/pydicom/pydicom",
    )


def _dicom_path() -> Path:
    """By place and not by pydicom's own look-up, which would download a file that is absent."""
    path = Path(str(need("pydicom").__file__)).parent / "data" / "test_files" / "waveform_ecg.dcm"
    if not path.is_file():
        raise DataError("This installation of pydicom carries no sample waveform.")
    return path


def _read_dicom(path: Path) -> Record:
    return replace(readers.read({path.name: path.read_bytes()}), name="DICOM sample")

"""ecgviz: see what an ECG model says, and why, on the trace itself. Research and education, not a medical device."""

from ecgviz.errors import EcgvizError
from ecgviz.record import Flag, Patient, Provenance, Record
from ecgviz.results import Attribution, BeatSeries, Finding, Measurements, Prediction

__version__ = "0.4.0"
__all__ = [
    "Attribution",
    "BeatSeries",
    "EcgvizError",
    "Finding",
    "Flag",
    "Measurements",
    "Patient",
    "Prediction",
    "Provenance",
    "Record",
    "__version__",
]

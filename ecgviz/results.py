"""What is computed from a Record: beats, measurements, predictions and evidence."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import ModelError
from ecgviz.record import Flag

__all__ = [
    "Attribution",
    "BeatPrediction",
    "BeatSeries",
    "Check",
    "Curve",
    "Event",
    "Finding",
    "MeanBeat",
    "Measurements",
]
__all__ += ["Prediction", "RRSeries", "Screening", "Severity", "Verdict"]

Severity = Literal["high", "medium", "low"]
Verdict = Literal["passes", "doubtful", "fails"]


@dataclass(frozen=True, eq=False)
class BeatSeries:
    """R-peak times in seconds, (beats,), each with an AAMI class or None, and who found them."""

    times_s: NDArray[np.float64]
    labels: tuple[str | None, ...]
    source: str


@dataclass(frozen=True, eq=False)
class BeatPrediction:
    """A model's answer for each beat: times_s (beats,) on the record's axis; probabilities (beats, labels), rows of 1.

    lead: the one that the model looked at; flags: what it had to do without.
    """

    model: str
    labels: tuple[str, ...]
    times_s: NDArray[np.float64]
    probabilities: NDArray[np.float32]
    lead: str
    flags: tuple[Flag, ...] = ()

    @property
    def best(self) -> tuple[str, ...]:
        """The likeliest label of each beat."""
        return tuple(self.labels[k] for k in self.probabilities.argmax(axis=1))


@dataclass(frozen=True, eq=False)
class RRSeries:
    """The intervals between neighbouring beats: interval k lies between beats k and k + 1. All are (intervals,).

    end_s: R of the later beat on the record's axis; rr_s: length in seconds; labels: AAMI class of the later beat;
    left_out: why it is no normal-to-normal (NN) interval, "" where it is one.
    """

    end_s: NDArray[np.float64]
    rr_s: NDArray[np.float64]
    labels: tuple[str | None, ...]
    left_out: tuple[str, ...]

    @property
    def normal(self) -> NDArray[np.bool_]:
        """Which intervals are NN intervals."""
        return np.array([not why for why in self.left_out], dtype=bool)


@dataclass(frozen=True)
class Event:
    """Something in the rhythm worth a look; kind: a key of `signals.events.KINDS`; text: what was found, in values."""

    kind: str
    start_s: float
    end_s: float
    text: str
    severity: Severity = "low"


@dataclass(frozen=True, eq=False)
class MeanBeat:
    """The aligned beats of one class in one lead, each less its own median.

    times_s (samples,): seconds from R; mean and sd (samples,) in mV over `used` of the `count` beats; examples
    (examples, samples) in mV, evenly spread over the record, their R at examples_s on the record's axis.
    """

    label: str
    lead: str
    count: int
    used: int
    times_s: NDArray[np.float64]
    mean: NDArray[np.float32]
    sd: NDArray[np.float32]
    examples: NDArray[np.float32]
    examples_s: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Measurements:
    """Global intervals in ms, rate per minute and frontal axes in degrees; None means "could not be measured".

    qtc_ms: by formula name (`Fridericia`, `Bazett`, `Framingham`, `Hodges`).
    """

    rate_bpm: float | None = None
    r_peaks_s: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    pr_ms: float | None = None
    qrs_ms: float | None = None
    qt_ms: float | None = None
    qtc_ms: dict[str, float] = field(default_factory=dict)
    p_axis_deg: float | None = None
    qrs_axis_deg: float | None = None
    t_axis_deg: float | None = None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One label's calibrated probability beside its own operating threshold.

    trusted is False where training had too few positives for the figure to mean much.
    """

    label: str
    probability: float
    threshold: float
    trusted: bool = True

    @property
    def positive(self) -> bool:
        """Whether the probability reaches the threshold."""
        return self.probability >= self.threshold


@dataclass(frozen=True, eq=False)
class Prediction:
    """A model's findings for one record, in the card's order of labels; the record's flags travel with them."""

    model: str
    findings: tuple[Finding, ...]
    flags: tuple[Flag, ...] = ()

    def __getitem__(self, label: str) -> Finding:
        for finding in self.findings:
            if finding.label == label:
                return finding
        raise ModelError(f"{self.model} has no label {label}; it knows {', '.join(f.label for f in self.findings)}.")


@dataclass(frozen=True, eq=False)
class Screening:
    """What stands before a model's answer: whether this recording may be asked of this model at all.

    verdict: `fit`, `care` (read with care) or `unfit` (do not rely on the answer); sentence: why, in plain words;
    reasons: the findings it rests on, worst first. strangeness: how unlike the model's training records this one is,
    in standard deviations of those, at most `limit` in 99 % of good ones; None where the model has no reference.
    """

    model: str
    verdict: Literal["fit", "care", "unfit"]
    sentence: str
    reasons: tuple[Flag, ...] = ()
    strangeness: float | None = None
    limit: float | None = None


@dataclass(frozen=True, eq=False)
class Attribution:
    """Evidence for one label on the record's own time axis.

    scores: (leads, samples) float32 at `fs` Hz from `start_s` seconds; signed where the method is. Where
    `time_only`, the method does not tell leads apart and every row is the same. resolution_ms: from one step to
    the next; field_ms: how much of the trace one step sees.
    """

    scores: NDArray[np.float32]
    fs: float
    start_s: float
    leads: tuple[str, ...]
    label: str
    model: str
    method: str
    layer: str = ""
    resolution_ms: float = 0.0
    field_ms: float = 0.0
    signed: bool = False
    time_only: bool = False
    normalisation: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Heat:
    """Evidence for one label on a picture.

    scores: (height, width) float32 in the pixels of the picture, largest size 1; signed where the method is. grid: rows
    and columns of steps that the method can tell apart within area, the part of the picture that the network sees as
    x0, y0, x1, y1; the scores are 0 outside it.
    """

    scores: NDArray[np.float32]
    label: str
    model: str
    method: str
    grid: tuple[int, int]
    area: tuple[float, float, float, float]
    signed: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Curve:
    """Points of a line, both (points,), in the units that the Check's `axes` name."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Check:
    """One test of whether a heat can be trusted.

    name: key of `explain.CHECKS`; number in `unit`, on which the verdict rests; sentence: what was found, for a
    clinician; curves: what may be drawn, with what is on their axes; cost: the work it took, in forward passes of the
    record.
    """

    name: str
    verdict: Verdict
    number: float
    unit: str
    sentence: str
    curves: tuple[Curve, ...] = ()
    axes: tuple[str, str] = ("", "")
    cost: float = 0.0

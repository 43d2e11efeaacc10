"""The words of the cards of page classifiers."""

from ecgviz.datasets.pages import LABELS, Page

__all__ = ["CALIBRATION", "CODES", "INTENDED", "LICENCE", "NOT_FOR", "SEED", "TESTED", "tested_on", "trained_on"]

CODES = {
    "abnormal_heartbeat": ("SNOMED:102594003",),
    "history_of_mi": ("SNOMED:399211009",),
    "myocardial_infarction": ("SNOMED:22298006",),
    "normal": ("SNOMED:164854000",),
}
CALIBRATION = (
    "One temperature for all logits: the geometric mean of those fitted on the inner validation parts of the "
    "cross-validation"
)
INTENDED = (
    "Research and education: to show on a picture of a printed 12-lead ECG which of four classes a network finds, with "
    "what probability, and on which part of the page the evidence lies."
)
NOT_FOR = (
    "Not a medical device. Not for diagnosis, triage or treatment. Not for pages of another layout, recorder or "
    "hospital than those of the training: they are flagged as unlike, and their answer means nothing. A normal answer "
    "rules nothing out. Digitise the page and ask a 12-lead model instead wherever that works."
)
LICENCE = (
    "Weights: CC BY 4.0, as the pages (Khan and Hussain, Mendeley Data gwbz3fsgp8) and PTB-XL; ImageNet start, where "
    "used: Apache-2.0."
)
SEED = (
    "accuracy 93.27 % (97 of 104 pictures)",
    "Not comparable: a single random split of pictures by name, in which nearly every picture of the test part has an "
    "identical copy in training; Wilson interval 86.8-96.7 %; mirrored pages in training. Here: one file for each "
    "recording, repeated 5-fold cross-validation by recording, no mirroring.",
)
TESTED = (
    "{pages} recordings, {repeats} x {folds}-fold cross-validation by recording, stratified by class and batch; the "
    "figures are of the networks of the folds, each rounded to 8 bits as the shipped one, which was then trained on "
    "all recordings with the same settings and has no test of its own. {mi} recordings are infarctions: one is "
    "{points:.1f} points of their recall."
)


def trained_on(pages: tuple[Page, ...], start: str) -> str:
    """What the shipped weights have seen."""
    counts = ", ".join(f"{LABELS[key]} {sum(page.label == key for page in pages)}" for key in LABELS)
    return (
        f"ECG Images dataset of Cardiac Patients (Mendeley gwbz3fsgp8 v2, CC BY 4.0), {len(pages)} distinct recordings "
        f"({counts}); start: {start}"
    )


def tested_on(pages: tuple[Page, ...], repeats: int, folds: int) -> str:
    """How the figures came to be."""
    mi = sum(page.label == "myocardial_infarction" for page in pages)
    return TESTED.format(pages=len(pages), repeats=repeats, folds=folds, mi=mi, points=100 / max(mi, 1))

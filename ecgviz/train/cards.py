"""The words of the cards: what each task's labels are, what a model is for, and what its seed reported."""

from ecgviz import scp
from ecgviz.codes import CINC, EQUIVALENT, IMPLIED, SUPERCLASSES, CincClass
from ecgviz.datasets import ptbxl

__all__ = ["CALIBRATION", "INTENDED", "LICENCE", "NOT_FOR", "SEEDS", "TRAINED_ON", "chosen_on", "describe", "tested_on"]

CALIBRATION = "Platt scaling of each label's logit, fitted on the same records as the thresholds"
TRAINED_ON = "PTB-XL 1.0.3, folds 1-8, 100 Hz, CC BY 4.0"

INTENDED = (
    "Research and education: to show on a 10 s, 12-lead resting ECG of an adult which of its labels a network finds, "
    "with what calibrated probability, and where in the trace the evidence lies."
)
NOT_FOR = (
    "Not a medical device. Not for diagnosis, monitoring, triage or treatment. Not for children, for long-term or "
    "exercise recordings, for fewer than 12 leads without the flag that says so, or for digitised paper. Trained on "
    "recordings of 1984-2001 of one source: its probabilities are calibrated there and nowhere else."
)
LICENCE = "Weights: CC BY 4.0, as the recordings they were trained on (PTB-XL 1.0.3)."

SEEDS: dict[tuple[str, str], tuple[str, str]] = {
    ("inception_residual", "cinc2020"): (
        "50.87 ('Kaggle score')",
        "Not comparable: the figure is the Challenge metric x 100 on records of six sources, split at random so that "
        "patients can be on both sides; the published code reaches 43.56 with thresholds tuned on the fold they are "
        "scored on, feeds the network reshaped instead of transposed leads, and never gives it age and sex. Here: one "
        "data set, split by patient, thresholds from fold 9, scored once on fold 10.",
    ),
    ("resnet1d_wang", "ptbxl_super"): (
        "none (published benchmark: macro AUROC 0.930)",
        "No seed trained this network. Comparable with the PTB-XL benchmark (Strodthoff et al., 2021): same folds, "
        "classes and metric; version 1.0.3 has 38 records fewer than the 1.0.1 used there.",
    ),
}


def describe(task: str) -> dict[str, tuple[str, tuple[str, ...], str]]:
    """For each label of the task: its description, its codes with their vocabulary, and a note."""
    if task == "cinc2020":
        return {name: (c.description, _cinc_codes(c), _note(name)) for name, c in CINC.items()}
    if task in ("ptbxl_super", "ptbxl_sub"):
        words = SUPERCLASSES if task == "ptbxl_super" else scp.SUBCLASSES
        level = "superclass" if task == "ptbxl_super" else "subclass"
        return {
            name: (meaning, tuple(f"SCP:{code}" for code in scp.codes_of(name, level)), "")
            for name, meaning in words.items()
        }
    return {code: (scp.STATEMENTS[code].description, (f"SCP:{code}",), "") for code in ptbxl.TASKS[task]}


def _cinc_codes(c: CincClass) -> tuple[str, ...]:
    return tuple(f"SNOMED:{code}" for code in (c.snomed, *c.also)) + tuple(f"SCP:{code}" for code in c.scp)


def _note(name: str) -> str:
    pairs = EQUIVALENT | {kept: other for other, kept in EQUIVALENT.items()}
    if name in pairs:
        return f"scored as one with {pairs[name]}, and given the same output"
    if name in IMPLIED:
        return f"PTB-XL has no such label; the output is that of {IMPLIED[name]}, which implies it"
    return ""


def chosen_on(split: str, n: int) -> str:
    """The data set and split of calibration and thresholds, in words."""
    folds = ", ".join(str(k) for k in ptbxl.SPLITS[split])
    return f"PTB-XL 1.0.3, fold {folds} ({split}), {n} records"


def tested_on(split: str, n: int) -> str:
    """The data set and split of the figures, in words."""
    return f"{chosen_on(split, n)}, intervals by patient"

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

_ONE_FOLD = (
    "Not comparable: the Challenge metric x 100 of the seed's own fold, drawn at random from records of six sources, "
    "so that patients can be on both sides. Here: one data set, split by patient, thresholds from fold 9, scored once "
    "on fold 10."
)
_RESHAPED = (
    "The seed fed raw steps of 1 uV, cut at 5000 samples whatever the rate, and reshaped instead of transposed. "
)
_BENCHMARK = (
    "No seed trained this network. Comparable with the PTB-XL benchmark (Strodthoff et al., 2021): same folds, classes "
    "and metric; version 1.0.3 has 38 records fewer than the 1.0.1 used there."
)


def _published(auroc: str) -> tuple[str, str]:
    return f"none (published benchmark: macro AUROC {auroc})", _BENCHMARK


SEEDS: dict[tuple[str, str], tuple[str, str]] = {
    ("simple_ann", "cinc2020"): ("18.5 ('Kaggle score')", f"{_RESHAPED}Its outputs were a softmax. {_ONE_FOLD}"),
    ("lenet", "cinc2020"): ("15.7 ('Kaggle score')", f"{_RESHAPED}Its outputs were a softmax. {_ONE_FOLD}"),
    ("alexnet", "cinc2020"): ("33.8 ('Kaggle score')", f"{_RESHAPED}{_ONE_FOLD}"),
    ("vgg16", "cinc2020"): ("34.9 ('Kaggle score')", f"{_RESHAPED}{_ONE_FOLD}"),
    ("resnet50", "cinc2020"): (
        "35.1 ('Kaggle score')",
        "The seed's 'ResNet-50' has six blocks, not sixteen, and its file cannot run as published. "
        f"{_RESHAPED}{_ONE_FOLD}",
    ),
    ("inception", "cinc2020"): (
        "40.6 ('Kaggle score')",
        f"The seed put the branches one after the other in time instead of side by side. {_RESHAPED}{_ONE_FOLD}",
    ),
    ("inception_residual", "cinc2020"): (
        "50.87 ('Kaggle score')",
        "Not comparable: the figure is the Challenge metric x 100 on records of six sources, split at random so that "
        "patients can be on both sides; the published code reaches 43.56 with thresholds tuned on the fold they are "
        "scored on, feeds the network reshaped instead of transposed leads, and never gives it age and sex. Here: one "
        "data set, split by patient, thresholds from fold 9, scored once on fold 10.",
    ),
    ("incep_se", "ptbxl_all"): (
        "AUROC 97.6 %, sensitivity 92.4 %, specificity 91.8 %",
        "Not comparable: the seed's 0.976 is the micro AUROC over 52 of the 71 statements, which always predicting the "
        "training frequencies already brings to 0.879; its operating point was chosen on the test fold, where "
        "precision is 24.4 %; its logged macro AUROC is 0.842; and two of its inputs give labels away (pacemaker and "
        "extra beats). The paper's own claim is +0.013 over InceptionTime, about 0.938.",
    ),
    ("resnet1d_wang", "ptbxl_super"): _published("0.930"),
    ("resnet1d_wang", "ptbxl_all"): _published("0.919"),
    ("resnet1d_wang", "ptbxl_sub"): _published("0.928"),
    ("inception1d", "ptbxl_super"): _published("0.921"),
    ("inception1d", "ptbxl_all"): _published("0.925"),
    ("inception1d", "ptbxl_sub"): _published("0.930"),
    ("xresnet1d101", "ptbxl_super"): _published("0.928"),
    ("xresnet1d101", "ptbxl_all"): _published("0.925"),
    ("xresnet1d101", "ptbxl_sub"): _published("0.929"),
    ("fcn_wang", "ptbxl_super"): _published("0.925"),
    ("fcn_wang", "ptbxl_all"): _published("0.918"),
    ("fcn_wang", "ptbxl_sub"): _published("0.927"),
    ("lstm_bidir", "ptbxl_super"): _published("0.921"),
    ("lstm_bidir", "ptbxl_all"): _published("0.914"),
    ("lstm_bidir", "ptbxl_sub"): _published("0.923"),
    ("s4", "ptbxl_super"): _published("0.932 for S4"),
    ("s4", "ptbxl_all"): _published("0.941 for S4"),
    ("s4", "ptbxl_sub"): _published("0.938 for S4"),
}
"""What each network's source reported for the task, and whether it can be compared."""


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

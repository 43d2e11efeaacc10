"""What each seed project reported for each of its systems, and why it cannot be read as it stands.

The figures are those of the projects' own pages and code; the reasons were found in that code and in its data.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ecgviz.card import ModelCard

__all__ = ["CLAIMS", "COMMON", "Claim", "as_coded", "coded_model", "honest_model"]


@dataclass(frozen=True)
class Claim:
    """One system of one seed.

    metrics: those of a card that measure what was reported, each shown times `factor`; architecture and task: of the
    models here that answer to it, empty where there are none yet.
    """

    seed: str
    system: str
    reported: str
    measured: str
    why: str
    architecture: str = ""
    task: str = ""
    metrics: tuple[str, ...] = ()
    factor: float = 1.0


COMMON = (
    "The twelve-lead systems of the first seed were scored with the Challenge metric x 100 on a random tenth of the "
    "records of six sources, so that a patient can be on both sides, and saw the leads reshaped instead of "
    "transposed. Here: one data set, split by patient, thresholds from fold 9, scored once on fold 10. Figures of the "
    "two kinds cannot be compared; a network as coded and the same network as described can, both under the split here."
)


def _first(system: str, reported: str, architecture: str, why: str) -> Claim:
    return Claim(
        "Seed 0",
        system,
        reported,
        "Challenge metric x 100",
        why,
        architecture,
        "cinc2020",
        ("challenge_metric",),
        100.0,
    )


CLAIMS: tuple[Claim, ...] = (
    _first(
        "Simple ANN",
        "18.5",
        "simple_ann",
        "Looks at each sample alone; its code ends in a softmax, as if only one finding could be present.",
    ),
    _first("LeNet", "15.7", "lenet", "Its code ends in a softmax, as if only one finding could be present."),
    _first("AlexNet", "33.8", "alexnet", "Only the figure in a table is published, no log of the training."),
    _first("VGG-16", "34.9", "vgg16", "Only the figure in a table is published, no log of the training."),
    _first(
        "ResNet-50",
        "35.1",
        "resnet50",
        "Not a ResNet-50 as coded: every identity block is commented out, and the file cannot run as it stands.",
    ),
    _first(
        "Inception", "40.6", "inception", "The code joins the four branches along time instead of along the channels."
    ),
    _first(
        "Inception-Residual",
        "50.87",
        "inception_residual",
        "No published run reaches it: the notebook ends at 43.56, after tuning 27 thresholds on the very fold it is "
        "scored on. Branches are joined along time, and age and sex, though advertised, never reach the network.",
    ),
    Claim(
        "Seed 3",
        "IncepSE",
        "97.6 %",
        "AUROC of all cells taken together (micro)",
        "Over 52 of the 71 statements, the others were dropped. The micro average mostly measures how often each "
        "statement occurs: always answering each one's share in training scores 87.9 %. Its log's macro AUROC, on "
        "validation, is 0.842.",
        "incep_se",
        "ptbxl_all",
        ("micro_auroc", "macro_auroc"),
        100.0,
    ),
    Claim(
        "Seed 3",
        "IncepSE",
        "92.4 % and 91.8 %",
        "sensitivity and specificity",
        "At one threshold, chosen on the test labels. There only 24.4 % of what it calls is right: 5.5 statements "
        "called for a record, 1.45 true. Here: means over the statements, each at its threshold from fold 9.",
        "incep_se",
        "ptbxl_all",
        ("sensitivity", "specificity"),
        100.0,
    ),
    Claim(
        "Seed 3",
        "IncepSE, the paper",
        "0.013 above InceptionTime",
        "macro AUROC on all statements",
        "The gain is the abstract's; the published benchmark gives InceptionTime 0.925, so about 0.938 is meant.",
        "incep_se",
        "ptbxl_all",
        ("macro_auroc",),
    ),
    Claim(
        "Seed 1",
        "InceptionV3 on pictures of ECGs",
        "93.27 %",
        "accuracy",
        "97 of 104 pictures, 95 % interval 86.8 to 96.7 %; the published code trains another network. The 928 "
        "published pictures hold 486 distinct recordings, so a random split puts copies of a picture on both sides.",
    ),
    Claim(
        "Seed 2",
        "1-D ResNet on single beats",
        "99.94 %",
        "accuracy",
        "Two epochs; the plotted figure is an AUC under the title accuracy. Beats were copied up to equal classes "
        "before the split, so copies are on both sides, and the test set was never scored.",
    ),
    Claim(
        "Seed 4",
        "CNN on single beats",
        "0.920",
        "macro F1",
        "Measured on the validation part of the training file; beats of the same patients are on both sides.",
    ),
    Claim(
        "Seed 4",
        "CNN-LSTM on single beats",
        "0.983",
        "F1",
        "Can only be another average, over beats instead of classes: by that one the plain CNN has 0.986. No code is "
        "published.",
    ),
)


def as_coded(card: ModelCard) -> bool:
    """Whether a model repeats the slips of its seed's published code, as an ablation."""
    config = card.config
    slips = bool(config.get("legacy_reshape")) or config.get("along") == "time"
    return slips or config.get("variant") in ("ascoded", "flyingemp")


def honest_model(claim: Claim, cards: Sequence[ModelCard]) -> ModelCard | None:
    """The model here that answers to a claim; of several trainings the best on validation."""
    return _best(claim, [card for card in cards if not as_coded(card)])


def coded_model(claim: Claim, cards: Sequence[ModelCard]) -> ModelCard | None:
    """The model that repeats the seed's code."""
    return _best(claim, [card for card in cards if as_coded(card)])


def _best(claim: Claim, cards: Sequence[ModelCard]) -> ModelCard | None:
    fitting = [card for card in cards if (card.architecture, card.task) == (claim.architecture, claim.task)]
    return max(fitting, key=lambda card: float(card.training.get("best_val_macro_auroc", 0)), default=None)

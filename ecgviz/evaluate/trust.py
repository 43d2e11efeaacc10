"""Whether a model's probabilities can be relied on, and by whom: the sections of `report.json` beside the figures."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from ecgviz.evaluate import calibration, conformal, selective
from ecgviz.evaluate.bootstrap import REPEATS, resamples
from ecgviz.evaluate.challenge import merge
from ecgviz.evaluate.subgroups import compare, groups

__all__ = ["sections"]

Array = NDArray[np.floating]


def sections(
    y_val: Array,
    p_val: Array,
    p_val_raw: Array,
    y: Array,
    p: Array,
    p_raw: Array,
    thresholds: NDArray[np.float64],
    names: Sequence[str],
    patients: Sequence[Any] | NDArray[Any],
    age: NDArray[Any],
    sex: NDArray[Any],
    repeats: int = REPEATS,
) -> dict[str, Any]:
    """`calibration`, `conformal`, `selective`, `subgroups`, `subgroup_calibration`, `subgroup_differences`.

    calibration: before, after and, as the alternative, with one temperature for all classes, each on the tested fold;
    `calibration_tried_on_validation` has the log losses by which to choose between them.

    y: labels (records, classes) of 0 and 1; p: calibrated probabilities; p_raw: the network's own; `_val`: the same of
    the fold that thresholds and calibration come from. patients, age (years) and sex ("F", "M") are of the tested
    records. Equivalent classes are merged. Intervals: patients resampled, one set of draws for everything.
    """
    cut = merge(thresholds[None], names)[0][0]
    y_val, p_val, p_val_raw, y, p, p_raw = (merge(a, names)[0] for a in (y_val, p_val, p_val_raw, y, p, p_raw))
    positive = p >= cut
    counts = resamples(patients, repeats)
    by_sex, by_age = groups(age, sex)
    z_val, z = (logit(np.clip(a.astype(np.float64), 1e-9, 1 - 1e-9)) for a in (p_val_raw, p_raw))
    cooled = expit(z / calibration.temperature(y_val, z_val))
    answers = {"before": p_raw, "after": p, "temperature": cooled}
    tried = calibration.cross_fitted(y_val, z_val)
    return {
        "calibration": {name: calibration.summary(y, a, counts) for name, a in answers.items()},
        "calibration_tried_on_validation": {name: round(loss, 5) for name, loss in tried.items()},
        "conformal": conformal.section(y, p, conformal.threshold(y_val, p_val), counts, by_sex | by_age),
        "selective": selective.section(y, p, positive),
        **compare(y, p, positive, age, sex, counts),
    }

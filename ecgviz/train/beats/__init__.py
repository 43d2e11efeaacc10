"""Training of beat classifiers on MIT-BIH.

run(config, say)                      one training: its figures, kept with its weights in the folder of runs
evaluate(name, folder)                any folder of WFDB records with beat annotations
publish(name, data, runs, out, say)   the folder in models/ and the table of all rows, from the finished runs
publish_inter_patient(data, out, config, say)   beat_inter_patient: cross-validated, trained, tested, written
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ecgviz.train.beats.config import BeatConfig, InterPatientConfig

__all__ = ["BeatConfig", "InterPatientConfig", "evaluate", "publish", "publish_inter_patient", "run"]


def run(config: BeatConfig, say: Callable[[str], None]) -> dict[str, Any]:
    """Train, calibrate, test; a finished run is not done again. Raises DataError, ModelError."""
    from ecgviz.train.beats import _run

    return _run.run(config, say)


def publish(name: str, data: Path, runs: Path, out: Path, say: Callable[[str], None]) -> Path:
    """Write `out/<name>/` from the best Kaggle run of that name, and the table of all runs. Raises DataError."""
    from ecgviz.train.beats import _publish

    folder = _publish.publish(name, data, runs, out, say)
    _publish.table(runs, out)
    return folder


def publish_inter_patient(data: Path, out: Path, config: InterPatientConfig, say: Callable[[str], None]) -> Path:
    """Train on DS1 and write `out/beat_inter_patient/` with its figures on DS2. Raises DataError, ReadError."""
    from ecgviz.train.beats import inter_patient_publish

    return inter_patient_publish.publish(data, out, config, say)


def evaluate(name: str, folder: Path) -> dict[str, Any]:
    """Figures of an installed model over the reference beats of every record below the folder. Raises DataError."""
    from ecgviz.train.beats import _evaluate

    return _evaluate.evaluate(name, folder)

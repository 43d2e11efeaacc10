"""An installed classifier of pages on a folder of labelled pages."""

from pathlib import Path
from typing import Any

import numpy as np

from ecgviz.datasets.pages import LABELS, load_manifest, read_page
from ecgviz.evaluate import images as figures
from ecgviz.train.images.cross import truth
from ecgviz.zoo import images

__all__ = ["evaluate"]


def evaluate(name: str, data: Path) -> dict[str, Any]:
    """See `ecgviz.train.images.evaluate`."""
    pages = load_manifest(data)
    model = images.load(name)
    said, flagged = [], 0
    for page in pages:
        found = images.predict(model, read_page(data, page))
        said.append(int(np.argmax([finding.probability for finding in found.findings])))
        flagged += any(flag.level != "info" for flag in found.flags)
    y, answers = truth(pages), np.array([said])
    return {
        "model": name,
        "data": data.name,
        "split": "all",
        "n": len(pages),
        "metrics": figures.score(y, answers, tuple(LABELS)),
        "confusion": figures.confusion(y, answers, len(LABELS)).tolist(),
        "flagged": flagged,
    }

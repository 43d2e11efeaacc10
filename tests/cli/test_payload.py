import json
import math

import numpy as np
import pytest

from ecgviz.cli import payload


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": math.nan, "b": [math.inf, -math.inf]}, '{"a": null, "b": [null, null]}'),
        (np.array([[1.5, np.nan]]), "[[1.5, null]]"),
        (np.float32(0.5), "0.5"),
        (np.int64(3), "3"),
        ({1: (np.bool_(True), None)}, '{"1": [true, null]}'),
        ("µV", '"\\u00b5V"'),
    ],
)
def test_dumps_is_strict_json(value: object, text: str) -> None:
    assert payload.dumps(value) == text
    json.loads(text)


def test_evaluation_keeps_only_what_is_promised() -> None:
    found = payload.evaluation(
        {
            "model": "toy",
            "data": "PTB-XL",
            "split": "test",
            "n": 3,
            "metrics": {"macro_auroc": {"value": 0.9, "low": 0.8, "high": math.nan}, "ece": {"value": 0.1}},
            "per_class": [],
        }
    )
    assert list(found) == ["model", "data", "split", "n", "metrics"]
    assert json.loads(payload.dumps(found))["metrics"] == {
        "macro_auroc": {"value": 0.9, "low": 0.8, "high": None},
        "ece": {"value": 0.1, "low": None, "high": None},
    }

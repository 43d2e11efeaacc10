"""What is kept of a test is what its report was made of, and no identifier."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ecgviz import zoo
from ecgviz.card import load_card
from ecgviz.codes import CINC, EQUIVALENT
from ecgviz.evaluate.metrics import macro_auroc
from ecgviz.train.answers import keep
from ecgviz.train.operating import scored


def test_kept_answers_are_those_that_the_report_scores(
    random_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = load_card(random_models / "challenge" / "card.json")
    (tmp_path / "challenge").mkdir()
    (tmp_path / "challenge" / "card.json").write_text(card.to_json())
    rng = np.random.default_rng(4)
    y = (rng.random((80, 27)) < 0.3).astype(np.float32)
    raw = rng.normal(size=y.shape).astype(np.float32)
    for one, kept in EQUIVALENT.items():
        names = list(CINC)
        raw[:, names.index(one)] = raw[:, names.index(kept)]
    rows = pd.DataFrame({"patient_id": rng.choice([17001, 3, 9_000_000], 80)})
    keep(tmp_path, card, raw, y, rows)

    monkeypatch.setenv("ECGVIZ_MODELS", str(tmp_path))
    found = zoo.answers("challenge")
    assert found is not None
    truth, logits, names = scored(y, raw, card.label_names)
    assert found.labels == names
    assert len(names) == 23
    assert np.array_equal(found.y, truth)
    assert macro_auroc(found.y, found.logits) == pytest.approx(macro_auroc(truth, logits), abs=1e-3)
    assert sorted(set(found.patient)) == [0, 1, 2]
    same = rows["patient_id"].to_numpy()
    assert np.array_equal(found.patient[:, None] == found.patient, same[:, None] == same)

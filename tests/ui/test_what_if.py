"""The what-if bench without a browser: neutral is the baseline to the bit, and what was changed is said."""

import numpy as np
import pytest

from ecgviz import explain, zoo
from ecgviz.record import Patient
from ecgviz.results import Finding, Prediction
from ecgviz.signals.synthetic import simulate
from ecgviz.signals.what_if import Changes, changed
from ecgviz.ui.what_if import most_moved
from ecgviz.ui.what_if_controls import in_words


@pytest.mark.parametrize("name", ["resnet1d_wang", "inception_residual", "s4_super"])
def test_neutral_gives_the_same_probability_and_heat_to_the_bit(name: str) -> None:
    model = zoo.load(name)
    record = simulate("left_bundle_branch_block").record
    same = changed(record, Changes(patient=record.patient))
    before, after = zoo.predict(model, record), zoo.predict(model, same)
    assert [f.probability for f in before.findings] == [f.probability for f in after.findings]
    label = before.findings[0].label
    first, second = (explain.explain(model, one, label) for one in (record, same))
    np.testing.assert_array_equal(first.scores, second.scores)


def test_rows_begin_with_the_chosen_finding_then_what_changed_sides() -> None:
    def told(*p: float) -> Prediction:
        return Prediction("m", tuple(Finding(n, v, 0.5) for n, v in zip("ABCD", p, strict=True)))

    assert most_moved(told(0.1, 0.45, 0.9, 0.2), told(0.1, 0.55, 0.6, 0.2), "D", 3) == ["D", "B", "C"]


def test_what_was_changed_is_one_line_and_neutral_is_empty() -> None:
    record = simulate("sinus_rhythm").record
    assert in_words(Changes(patient=record.patient), record) == ""
    words = in_words(
        Changes(gain=2, dropped=("V1",), swap_arms=True, patient=Patient(None, record.patient.sex)), record
    )
    assert words == "arms swapped, V1 off, gain × 2, age not stated"

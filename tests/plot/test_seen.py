"""What a model was given, drawn over the trace."""

import numpy as np
import pytest

from ecgviz.card import InputSpec
from ecgviz.leads import STANDARD_12
from ecgviz.plot import seen, tracing
from ecgviz.signals.prepare import model_input, prepare
from ecgviz.signals.synthetic import simulate

SPEC = InputSpec("ecg12", STANDARD_12, 100.0, 2.5, 2.5, 2.5, (0.5, 40.0), 0.2)


def test_model_input_is_what_prepare_gives_in_mv_on_the_records_seconds() -> None:
    record = simulate("sinus_rhythm").record
    given, windows = model_input(record, SPEC), prepare(record, SPEC)
    assert given.fs == 100
    assert given.samples == 1000
    np.testing.assert_allclose(given.signal[:, 250:500], windows.x[1] * 0.2, rtol=1e-6)
    peak = record.times[np.argmax(record["II"])]
    assert given.times[np.argmax(given["II"])] == pytest.approx(peak, abs=0.9)


def test_line_lies_on_the_drawn_leads() -> None:
    record = simulate("left_bundle_branch_block").record
    where = {"layout": "12x1", "width": 1200}
    line = seen.line(record, model_input(record, SPEC), **where)
    drawn = next(t for t in tracing.page(record, **where).data if t.name == "V5")
    first = np.flatnonzero(np.isnan(line["x"]))
    own = slice(first[9] + 1, first[10])  # V5 is the eleventh row
    trace = np.interp(line["x"][own], drawn.x0 + drawn.dx * np.arange(len(drawn.y)), drawn.y)
    apart = line["y"][own] - trace
    assert np.std(apart) < 0.15 * np.std(trace)  # the filter takes the slow and the fast away, no more


def test_a_lead_the_model_never_got_has_no_line() -> None:
    record = simulate("sinus_rhythm").record
    given = model_input(record, SPEC).pick(("II",))
    line = seen.line(record, given, layout="12x1", width=1200)
    assert np.isfinite(line["x"]).sum() == 1000

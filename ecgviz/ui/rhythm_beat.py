"""The chosen beat by itself: how likely each class is, and where on its trace the model saw that."""

import html
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ecgviz.errors import EcgvizError
from ecgviz.plot import rhythm_heat, tracing
from ecgviz.record import Record
from ecgviz.results import Attribution, BeatPrediction
from ecgviz.signals import mean_beat
from ecgviz.ui import rhythm_models, view
from ecgviz.ui.rhythm_desk import Desk
from ecgviz.ui.rhythm_edit import CLASSES, rows_of

__all__ = ["show"]

_METHOD, _LABEL = "rhythm-method", "rhythm-evidence"
_HEIGHT_PX = 320


def show(record: Record, desk: Desk) -> None:
    """Probabilities at the left, the beat with its evidence at the right."""
    beat = desk.beat
    if beat is None:
        st.html("<p class='ev-note'>No beat is chosen: click on one in the paper or in the list.</p>")
        return
    prediction = desk.prediction if not desk.trouble else None
    row = int(rows_of(desk.series, prediction)[beat]) if prediction is not None else -1
    if prediction is None or row < 0 or desk.model is None:
        why = "no model was asked about this beat" if prediction is None else "the model was not asked about it yet"
        _plain(record, float(desk.series.times_s[beat]), why)
        return
    left, right = st.columns([1, 2.4], gap="medium")
    with left:
        methods = rhythm_models.methods(prediction.model)
        label = _choose(prediction, row, methods)
        _probabilities(prediction, row, desk.series.labels[beat])
    with right:
        _evidence(record, desk, prediction, row, label, methods)


def _choose(prediction: BeatPrediction, row: int, methods: dict[str, str]) -> str:
    """The class whose evidence is shown, and by which method."""
    likeliest = prediction.labels[int(prediction.probabilities[row].argmax())]
    label = st.selectbox(
        "Evidence for",
        ["the model's class", *prediction.labels],
        format_func=lambda name: f"{name}: {CLASSES[name]}" if name in CLASSES else f"the model's class, {likeliest}",
        key=_LABEL,
        persist_state="session",
    )
    if st.session_state.get(_METHOD) not in methods:
        st.session_state[_METHOD] = next(iter(methods))
    st.selectbox("Method", list(methods), format_func=methods.__getitem__, key=_METHOD, persist_state="session")
    return label if label in prediction.labels else likeliest


def _probabilities(prediction: BeatPrediction, row: int, own: str | None) -> None:
    """The probability of each class as a bar and a figure."""
    shown = []
    for label, p in zip(prediction.labels, prediction.probabilities[row], strict=True):
        name = html.escape(label)
        bold = f"<b>{name}</b>" if label == own else name
        shown.append(
            f"<span>{bold}</span><i><i style='width:{100 * float(p):.1f}%'></i></i><span>{float(p):.2f}</span>"
        )
    st.html(f"<div class='ev-probs'>{''.join(shown)}</div><p class='ev-caption'>Bold: the beat's own class.</p>")


def _evidence(
    record: Record, desk: Desk, prediction: BeatPrediction, row: int, label: str, methods: dict[str, str]
) -> None:
    method, name = str(st.session_state[_METHOD]), prediction.model
    at_s = float(prediction.times_s[row])

    def make() -> Attribution:
        return rhythm_models.explain(name, record, prediction.times_s, row, label, method)

    try:
        with st.spinner("The model looks at the beat", show_time=False):
            found = desk.once("evidence", (prediction, row, label, method), make)
    except EcgvizError as error:
        _plain(record, at_s, str(error))
        return
    lead = found.leads[0]
    heat = np.asarray(found.scores[0], dtype=np.float64)
    times = found.start_s + np.arange(heat.size) / found.fs
    window, valid = _along(record, lead, times)
    valid &= np.isfinite(heat)
    figure = rhythm_heat.beat_with_heat(
        window,
        found.fs,
        heat,
        valid,
        start_s=found.start_s - at_s,
        signed=found.signed,
        paper=view.view().paper,
        height=_HEIGHT_PX,
    )
    _draw(figure.to_dict(), rhythm_heat.beat_with_heat_alt(heat, found.fs, valid, start_s=found.start_s - at_s))
    told = [f"Lead {lead}, evidence for {label} by {methods[method]}"]
    told += [f"a step every {found.resolution_ms:.0f} ms"] if found.resolution_ms else []
    told += list(found.notes) + ([] if valid.all() else ["hatched: padding, which has no evidence"])
    st.html(f"<p class='ev-caption'>{html.escape('; '.join(told))}.</p>")


def _plain(record: Record, at_s: float, why: str) -> None:
    """The beat without evidence, and why there is none."""
    fs = min(record.fs, 500.0)
    times = at_s + np.arange(round(-mean_beat.BEFORE_S * fs), round(mean_beat.AFTER_S * fs) + 1) / fs
    lead = next((lead for lead in ("MLII", "II") if lead in record.leads), record.leads[0])
    window, valid = _along(record, lead, times)
    if valid.any():
        figure = rhythm_heat.beat_with_heat(
            window,
            fs,
            np.zeros(window.size),
            valid,
            start_s=float(times[0]) - at_s,
            paper=view.view().paper,
            height=_HEIGHT_PX,
        )
        _draw(figure.to_dict(), f"The chosen beat in lead {lead}, without evidence: {why}.")
    st.html(f"<p class='ev-caption'>Lead {html.escape(lead)}; no evidence: {html.escape(why)}.</p>")


def _along(record: Record, lead: str, times: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The lead in mV at these moments, and which of them the recording has."""
    at = (times - record.start_s) * record.fs
    first, stop = max(0, int(np.floor(at[0]))), min(record.samples, int(np.ceil(at[-1])) + 1)
    if stop <= first:
        return np.zeros(times.size), np.zeros(times.size, dtype=bool)
    values = np.interp(at, np.arange(first, stop), record[lead][first:stop].astype(np.float64))
    inside = (at >= first) & (at <= stop - 1) & np.isfinite(values)
    return np.nan_to_num(values), inside


def _draw(figure: dict[str, Any], alt: str) -> None:
    config = dict(tracing.CONFIG) | {"displayModeBar": False}
    st.plotly_chart(figure, width="stretch", theme=None, key="rhythm-beat", config=config, alt=alt)

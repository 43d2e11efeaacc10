"""Which beats a recording is read with: found by the detector, taken from a reference, or from a reader's own file.

What takes long tells how far it has come.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

import streamlit as st

from ecgviz import readers
from ecgviz.card import BeatCard
from ecgviz.errors import EcgvizError, EditError
from ecgviz.readers import annotation_writer
from ecgviz.record import Record
from ecgviz.results import BeatPrediction, BeatSeries
from ecgviz.signals import beats as beats_of
from ecgviz.signals import rr
from ecgviz.ui import cache, picker, rhythm_desk, rhythm_find, rhythm_models
from ecgviz.ui.messages import friendly_errors
from ecgviz.ui.rhythm_desk import Desk
from ecgviz.ui.rhythm_edit import History, rows_of
from ecgviz.ui.rhythm_place import Place

__all__ = ["ORIGINS", "ask", "choose", "desk_of", "reference_of"]

ORIGINS = {"detector": "Detector", "reference": "Reference annotation", "file": "My annotation file"}
MOST_LEADS = 3
_LEADS = "rhythm-leads"
_USUAL = ("MLII", "II", "I", "V5", "V1")
_MOST_FILES = 4
_MOST_KEPT = 3


@st.cache_data(max_entries=8, scope="session", show_spinner=False)
def _reference(entry: str) -> BeatSeries | None:
    source = cache.open_library()[entry.partition("/")[0]]
    return source.beats(entry) if source.beats is not None else None


def reference_of(record: Record) -> BeatSeries | None:
    """The reference beats that came with a record of the library."""
    entry = picker.entry_of(record)
    found = _reference(entry) if entry else None
    return found if found is not None and found.times_s.size else None


def choose(
    record: Record, reference: BeatSeries | None, cards: Sequence[BeatCard]
) -> tuple[str, str | None, tuple[str, ...]]:
    """Draw the choices; returns where the beats come from, the model's name, and the leads that are drawn."""
    files = _files()
    offered = ["detector"]
    offered += ["reference"] if reference is not None else []
    offered += ["file"] if record.digest in files else []
    left, right, leads, more = st.columns([1.5, 2.2, 1.5, 1], gap="small", vertical_alignment="bottom")
    if "_rhythm_next" in st.session_state:
        st.session_state["rhythm-origin"] = st.session_state.pop("_rhythm_next")
    if st.session_state.get("rhythm-origin") not in offered:
        st.session_state["rhythm-origin"] = "detector"
    left.selectbox(
        "Beats from",
        offered,
        format_func=ORIGINS.__getitem__,
        key="rhythm-origin",
        persist_state="session",
        help="Edits are kept apart for each choice.",
    )
    named = rhythm_models.titles(cards)
    if st.session_state.get("rhythm-model") not in named:
        st.session_state["rhythm-model"] = next(iter(named), None)
    right.selectbox(
        "Classes by",
        list(named),
        format_func=lambda name: named.get(name, "no beat model is installed"),
        key="rhythm-model",
        persist_state="session",
        disabled=not named,
        placeholder="no beat model is installed",
        help="Gives the detector's beats their class; with a reference or a file it suggests where it differs.",
    )
    with leads:
        drawn = _leads(record)
    with more.popover("Open beats", icon=":material/upload_file:", width="stretch"), friendly_errors():
        _upload(record)
    return str(st.session_state["rhythm-origin"]), st.session_state["rhythm-model"], drawn


def _leads(record: Record) -> tuple[str, ...]:
    """The leads of the window, the first of them also that of the strip."""
    known = [lead for lead in _USUAL if lead in record.leads]
    usual = (known + [lead for lead in record.leads if lead not in known])[: 2 if len(record.leads) < 4 else 1]
    kept = [lead for lead in st.session_state.get(_LEADS, ()) if lead in record.leads]
    st.session_state[_LEADS] = kept or usual
    st.multiselect(
        "Leads",
        record.leads,
        key=_LEADS,
        max_selections=MOST_LEADS,
        persist_state="session",
        help="The first one is also that of the strip from end to end and of the mean beats.",
    )
    return tuple(st.session_state[_LEADS]) or tuple(usual)


def _files() -> dict[str, BeatSeries]:
    found: dict[str, BeatSeries] = st.session_state.setdefault("_rhythm_files", {})
    return found


def _upload(record: Record) -> None:
    """A reader's own annotation of this recording, such as one saved here before."""
    file = st.file_uploader("WFDB annotation or CSV of this recording", key=f"rhythm-file-{record.digest[:12]}")
    seen: dict[str, str] = st.session_state.setdefault("_rhythm_file_ids", {})
    if file is None or seen.get(record.digest) == file.file_id:
        return
    seen[record.digest] = file.file_id
    found = _read(file.name, file.getvalue(), record.fs)
    if found.times_s.size and found.times_s[-1] > record.seconds:
        last = found.times_s[-1]
        raise EditError(f"The annotation has a beat at {last:.0f} s, after the end of the recording; choose its own.")
    files = _files()
    files[record.digest] = replace(found, times_s=found.times_s + record.start_s, source="own annotation file")
    while len(files) > _MOST_FILES:
        del files[next(iter(files))]
    rhythm_desk.drop(record.digest, "file")
    st.session_state["_rhythm_next"] = "file"
    st.rerun()


def _read(name: str, data: bytes, fs: float) -> BeatSeries:
    """Beats in seconds from the first sample."""
    suffix = PurePath(name).suffix.lstrip(".").lower()
    if suffix == "csv":
        return annotation_writer.from_csv(data.decode("utf-8", errors="replace"))
    return readers.read_annotations({f"beats.{suffix}": data}, suffix, fs=fs)


def desk_of(record: Record, origin: str, model: str | None, reference: BeatSeries | None) -> Desk:
    """The desk for these choices, made anew where there is none; progress is told meanwhile."""
    desk = rhythm_desk.keep(record.digest, origin)
    if desk is None:
        beats = _begin(record, origin, reference)
        desk = rhythm_desk.put(record.digest, Desk(origin, History(beats), Place.at_start(record, beats.times_s)))
        desk.gaps, desk.flutter = rr.silent(record), beats_of.flutter(record)
    if desk.model != model:
        ask(desk, record, model)
    return desk


def _begin(record: Record, origin: str, reference: BeatSeries | None) -> BeatSeries:
    if origin == "reference" and reference is not None:
        return reference
    if origin == "file":
        return _files()[record.digest]
    bar = st.progress(0.0, "Finding the beats")

    def told(share: float) -> None:
        bar.progress(share, f"Finding the beats: {share:.0%}")

    times = rhythm_find.r_peaks(record, told)
    bar.empty()
    return BeatSeries(times, (None,) * times.size, "ecgviz detector")


def ask(desk: Desk, record: Record, model: str | None, *, again: bool = False) -> None:
    """The model's classes: the beats' own where the detector found them and nobody has edited them yet.

    again: also where it was asked before, as beats may have been added since.
    """
    desk.model, desk.trouble, series = model, "", desk.series
    if model is None or not series.times_s.size:
        return
    if model not in desk.predictions or again:
        try:
            with st.spinner(f"Classifying {series.times_s.size:,} beats", show_time=True):
                desk.predictions[model] = rhythm_models.predict(model, record, series.times_s)
        except EcgvizError as error:
            desk.trouble = str(error)
            return
        while len(desk.predictions) > _MOST_KEPT:
            del desk.predictions[next(iter(desk.predictions))]
    if desk.begun == "detector" and not desk.edited:
        desk.history = History(_classed(series, desk.predictions[model]))


def _classed(series: BeatSeries, prediction: BeatPrediction) -> BeatSeries:
    """The beats with the model's likeliest class each."""
    best = prediction.best
    rows = rows_of(series, prediction)
    labels = tuple(best[row] if row >= 0 else label for row, label in zip(rows, series.labels, strict=True))
    return replace(series, labels=labels)

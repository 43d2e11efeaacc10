"""The sidebar's panel for a person's own files: any known format, in any order, kept in this session only."""

from dataclasses import replace
from pathlib import PurePath
from typing import Any

import streamlit as st

from ecgviz import readers
from ecgviz.errors import NeedsInputError, ReadError
from ecgviz.leads import STANDARD_12
from ecgviz.record import Patient, Record
from ecgviz.ui import messages, session

__all__ = ["limit_mb", "panel", "read_files"]

_KEY = "_upload"
_GIVEN = "_upload_given"
_UNITS = ("mV", "uV", "nV", "V")


def limit_mb() -> int:
    """The largest upload in MB, as the server's configuration states it."""
    return int(st.get_option("server.maxUploadSize"))


def panel() -> Record | None:
    """The record in the uploaded files, None while there are none or they lack something that is then asked for."""
    files = st.file_uploader(
        "ECG files",
        accept_multiple_files=True,
        key="files",
        on_change=_forget,
        label_visibility="collapsed",
        help="WFDB: choose .hea and .dat together.",
    )
    st.caption(
        f"WFDB (.hea with its .dat or .mat), DICOM, CSV, TSV, NPY; up to {limit_mb()} MB. "
        "Files stay in this session's memory and are gone when it ends. Leave out whatever names a person."
    )
    if not files:
        return _kept()
    content = {PurePath(file.name.replace("\\", "/")).name: file.getvalue() for file in files}
    if len(content) < len(files):
        raise ReadError("Two of the files have the same name; upload one recording at a time.")
    return _opened(content, tuple(file.file_id for file in files))


def read_files(content: dict[str, bytes], **given: Any) -> Record:
    """One recording from uploaded files {name: bytes}. Raises ReadError above the limit, and as `readers.read` does."""
    size = sum(map(len, content.values())) / 2**20
    if size > limit_mb():
        raise ReadError(f"The files have {size:.0f} MB; at most {limit_mb()} MB are taken. Cut the recording shorter.")
    return readers.read(content, **given)


def _kept() -> Record | None:
    kept: tuple[Any, Record] | None = st.session_state.get(_KEY)
    return None if kept is None else kept[1]


def _forget() -> None:
    """Other files were chosen, or none: what was read before is given up."""
    st.session_state.pop(_GIVEN, None)
    if st.session_state.pop(_KEY, None) is not None:
        session.close()


def _opened(content: dict[str, bytes], ids: tuple[str, ...]) -> Record | None:
    given: dict[str, Any] = st.session_state.get(_GIVEN, {})
    kept: tuple[Any, Record] | None = st.session_state.get(_KEY)
    stamp = (ids, repr(given))
    if kept is None or kept[0] != stamp:
        try:
            kept = (stamp, read_files(content, **given))
        except NeedsInputError as error:
            _ask(error)
            return None
        st.session_state[_KEY] = kept
    return _with_patient(kept[1])


def _ask(error: NeedsInputError) -> None:
    """A form for exactly what the file lacks."""
    st.info(str(error), icon=":material/help:")
    given: dict[str, Any] = dict(st.session_state.get(_GIVEN, {}))
    with st.form("needs"):
        rate = unit = names = None
        if "fs" in error.missing:
            rate = st.number_input("Sampling rate, Hz", 20.0, 50_000.0, None, step=1.0, placeholder="such as 500")
        if "unit" in error.missing:
            unit = st.selectbox(
                "Unit of the samples", _UNITS, index=None, placeholder="choose", accept_new_options=True
            )
        if "leads" in error.missing:
            names = st.text_input("Leads, in the file's order", placeholder=" ".join(STANDARD_12))
        if not st.form_submit_button("Read", type="primary", width="stretch"):
            return
    answers = {"fs": rate, "unit": unit, "leads": tuple((names or "").replace(",", " ").split()) or None}
    lacking = [what for what in error.missing if answers[what] is None]
    if lacking:
        spelled = {"fs": "the sampling rate", "unit": "the unit", "leads": "the leads"}
        raise ReadError(f"Please state {' and '.join(spelled[what] for what in lacking)}; nothing is guessed.")
    st.session_state[_GIVEN] = given | {what: answers[what] for what in error.missing}
    st.rerun()


def _with_patient(record: Record) -> Record:
    """The record with age and sex where the file lacks them and the person states them."""
    patient = record.patient
    if patient.age is not None and patient.sex is not None:
        return record
    with st.expander("State age and sex"), messages.friendly_errors():
        age = patient.age
        if age is None:
            age = st.number_input("Age, years", 0, 120, None, key=f"age-{record.digest[:12]}")
        sex = patient.sex
        if sex is None:
            sex = st.segmented_control("Sex", ["F", "M"], key=f"sex-{record.digest[:12]}")
    stated = Patient(None if age is None else float(age), sex)
    return record if stated == patient else replace(record, patient=stated)

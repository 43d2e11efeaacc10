"""The controls of the what-if bench: each stands at neutral until it is moved."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from ecgviz.card import ModelCard
from ecgviz.record import Patient, Record
from ecgviz.signals.what_if import Changes

__all__ = ["choose", "in_words"]

_RATES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5)
_GAINS = (0.1, 0.2, 0.5, 0.8, 0.9, 1.0, 1.1, 1.2, 1.5, 2.0, 5.0, 10.0)
_NOISES_MV = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 1.0)
_LOW_PASS_HZ = (None, 40.0, 25.0, 15.0, 10.0, 5.0)
_LATER_S = tuple(round(0.05 * k, 2) for k in range(21))
_SEXES = {"F": "female", "M": "male", None: "not stated"}
_NEUTRAL: dict[str, Any] = {
    "rate": 1.0,
    "swap": False,
    "dropped": [],
    "mains": 0.0,
    "mains_hz": 50,
    "wander": 0.0,
    "muscle": 0.0,
    "gain": 1.0,
    "low_pass": None,
    "later": 0.0,
}


def choose(record: Record, card: ModelCard, rate_bpm: float | None) -> Changes:
    """Draw the controls; rate_bpm: of the unchanged record, for the words of the first one."""
    state = st.session_state
    for name, neutral in _NEUTRAL.items():
        state.setdefault(f"wi-{name}", neutral)
    state["wi-dropped"] = [lead for lead in state["wi-dropped"] if lead in record.leads]

    def told(rate: float) -> str:
        return f"× {rate:g}" + (f" ({rate * rate_bpm:.0f}/min)" if rate_bpm else "")

    _steps("Heart rate", "rate", _RATES, told, "The trace runs faster or slower: PR, QRS and QT change with it.")
    st.toggle("Arm electrodes swapped", key="wi-swap")
    st.multiselect("Leads off (flat)", record.leads, key="wi-dropped", placeholder="none")
    _steps("Mains hum, RMS", "mains", _NOISES_MV, _level, _hum_help(card))
    if state["wi-mains"]:
        st.segmented_control("Mains", [50, 60], key="wi-mains_hz", format_func=lambda hz: f"{hz} Hz", required=True)
    _steps("Baseline wander, RMS", "wander", _NOISES_MV, _level)
    _steps("Muscle noise, RMS", "muscle", _NOISES_MV, _level)
    _steps("Gain", "gain", _GAINS, lambda gain: f"× {gain:g}")
    _steps("Low-pass", "low_pass", _LOW_PASS_HZ, lambda hz: "off" if hz is None else f"{hz:g} Hz")
    _steps("Recording begun later", "later", _LATER_S, lambda s: f"{s:g} s")
    patient = _person(record, card)
    st.button("Back to neutral", on_click=_neutral, icon=":material/restart_alt:", key="wi-neutral")
    return Changes(
        rate=state["wi-rate"],
        swap_arms=state["wi-swap"],
        mains_mv=state["wi-mains"],
        mains_hz=state["wi-mains_hz"] or 50,
        wander_mv=state["wi-wander"],
        muscle_mv=state["wi-muscle"],
        gain=state["wi-gain"],
        low_pass_hz=state["wi-low_pass"],
        dropped=tuple(state["wi-dropped"]),
        later_s=state["wi-later"],
        patient=patient,
    )


def _steps(label: str, name: str, options: Sequence[Any], told: Any, why: str | None = None) -> None:
    st.select_slider(label, options, key=f"wi-{name}", format_func=told, help=why)


def _level(mv: float) -> str:
    return "none" if not mv else f"{mv:g} mV"


def _hum_help(card: ModelCard) -> str:
    high = card.input.band_hz[1]
    return f"This model is given nothing above about {high:g} Hz, so mains hum hardly reaches it." if high < 50 else ""


def _person(record: Record, card: ModelCard) -> Patient | None:
    """Another age and sex, for a model that is given them; the keys are the record's, so that it starts as it is."""
    if not card.input.demographics:
        st.html("<p class='ev-note'>Age and sex: this model is not given them, so they change nothing.</p>")
        return None
    own, key = record.patient, record.digest[:12]
    sexes: list[Any] = list(_SEXES)
    age = st.number_input("Age, years", 0.0, 120.0, own.age, 1.0, key=f"wi-age-{key}", placeholder="not stated")
    sex = st.selectbox("Sex", sexes, sexes.index(own.sex), key=f"wi-sex-{key}", format_func=lambda v: _SEXES[v])
    return Patient(age, sex)


def _neutral() -> None:
    """Every control as it was."""
    for name, value in _NEUTRAL.items():
        st.session_state[f"wi-{name}"] = value
    for key in [key for key in st.session_state if str(key).startswith(("wi-age-", "wi-sex-"))]:
        del st.session_state[key]


def in_words(changes: Changes, record: Record) -> str:
    """What was changed, in one line; empty where nothing was."""
    parts = [f"heart rate × {changes.rate:g}"] if changes.rate != 1 else []
    parts += ["arms swapped"] if changes.swap_arms else []
    parts += [f"{', '.join(changes.dropped)} off"] if changes.dropped else []
    noises = {
        f"{changes.mains_hz} Hz hum": changes.mains_mv,
        "wander": changes.wander_mv,
        "muscle noise": changes.muscle_mv,
    }
    parts += [f"{name} of {level:g} mV" for name, level in noises.items() if level]
    parts += [f"gain × {changes.gain:g}"] if changes.gain != 1 else []
    parts += [f"low-pass at {changes.low_pass_hz:g} Hz"] if changes.low_pass_hz is not None else []
    parts += [f"begun {changes.later_s:g} s later"] if changes.later_s else []
    new, old = changes.patient or record.patient, record.patient
    parts += [f"age {'not stated' if new.age is None else f'{new.age:g}'}"] if new.age != old.age else []
    parts += [f"sex {_SEXES[new.sex]}"] if new.sex != old.sex else []
    return ", ".join(parts)

"""A comparison as a link and as a file: it comes back as it was, holds nothing of the patient, and refuses the rest."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from ecgviz.errors import DataError
from ecgviz.leads import STANDARD_12
from ecgviz.record import Flag, Patient, Record
from ecgviz.ui.compare_state import Comparison, Origin, Session, digest, from_query, read_session, to_query

CHOSEN = Comparison(
    models=("resnet", "inception"), finding="cinc2020/AF", leads=("II", "V1"), speed=50.0, paper="grey", start_s=20.0
)
SESSION = Session(CHOSEN, (Origin("ab12", "ptb-xl/00001"),), {"resnet": "00ff"}, (1.0, 3.5, -0.5, 1.0))


@pytest.fixture
def record():
    signal = np.random.default_rng(0).normal(size=(12, 500)).astype("f4")
    return Record(signal, 500.0, STANDARD_12, patient=Patient(67.0, "M"), name="Jane Doe.dcm", notes=("ward 7",))


@pytest.mark.parametrize(
    "chosen",
    [
        CHOSEN,
        Comparison("methods", ("resnet",), ("grad_cam", "occlusion"), "ptbxl_super/MI"),
        Comparison("records", ("resnet",), ("occlusion",), "ptbxl_sub/LAFB/LPFB", ("V1",)),
    ],
)
def test_a_link_brings_back_what_is_compared(chosen):
    plain = Comparison()
    found = from_query(to_query(chosen), plain)
    kept = ("kind", "models", "methods", "finding", "leads")
    assert {k: asdict(found)[k] for k in kept} == {k: asdict(chosen)[k] for k in kept}
    assert found.speed == plain.speed


def test_the_sidebars_model_has_one_address_on_all_pages():
    assert to_query(Comparison("methods", ("resnet",)))["model"] == "resnet"
    assert "model" not in to_query(CHOSEN)


def test_a_session_file_brings_back_everything():
    found = read_session(SESSION.to_json().encode())
    assert found == SESSION


def test_a_session_file_holds_nothing_of_the_patient(record):
    text = Session(CHOSEN, (Origin(digest(record)),), {}).to_json()
    assert not any(word in text for word in ("Jane", "Doe", "ward", "67", '"M"', "dcm"))


def test_the_digest_is_of_what_a_model_is_given(record):
    same = replace(record, name="other", notes=(), statements=("SCP:NORM",), flags=(Flag("noise", "x"),))
    assert digest(same) == digest(record)
    signal = record.signal.copy()
    signal[3, 7] += 1e-3
    for other in (
        replace(record, signal=signal),
        replace(record, fs=250.0),
        replace(record, patient=Patient(68.0, "M")),
        replace(record, leads=record.leads[::-1]),
    ):
        assert digest(other) != digest(record)


def changed(**fields):
    return json.dumps(json.loads(SESSION.to_json()) | fields).encode()


def chosen_with(**fields):
    return changed(chosen=json.loads(SESSION.to_json())["chosen"] | fields)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x00\xff", "not JSON"),
        (b"[" * 5000, "not JSON"),
        (b"[]", "no session file"),
        (b"{}", "no session file"),
        (b" " * 200_000, "at most"),
        (changed(format="ecgviz comparison 99"), "no session file"),
        (changed(records=[]), "no record"),
        (changed(records=[{"entry": "x"}]), "digest"),
        (changed(records=[{"digest": "x", "name": "Jane"}]), "unknown field"),
        (changed(weights=["resnet"]), "weights"),
        (changed(zoom=[1, 2]), "zoom"),
        (changed(zoom=[3, 2, 0, 1]), "zoom"),
        (changed(zoom=[0, 1, 0, "x"]), "zoom"),
        (changed(chosen=None), "unknown field"),
        (chosen_with(speed="fast"), "speed"),
        (chosen_with(speed=26.0), "speed"),
        (chosen_with(strength=float("nan")), "strength"),
        (chosen_with(strength=7), "strength"),
        (chosen_with(start_s=float("inf")), "start_s"),
        (chosen_with(models="resnet"), "models"),
        (chosen_with(models=[1]), "models"),
        (chosen_with(models=["a", "b", "c", "d", "e"]), "At most 4"),
        (chosen_with(methods=["magic"]), "magic"),
        (chosen_with(kind="patients"), "patients"),
        (chosen_with(paper="blue"), "blue"),
    ],
)
def test_what_no_session_can_have_written_is_refused_in_one_line(data, told):
    with pytest.raises(DataError, match=told) as caught:
        read_session(data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("query", [{"compare": "x"}, {"methods": "magic"}, {"models": "a,b,c,d,e"}])
def test_a_link_that_asks_for_what_is_not_offered_is_refused(query):
    with pytest.raises(DataError):
        from_query(query, Comparison())

"""The Rhythm page: numbers, lists and pictures of the beats, editing with undo, and recordings that have none."""

from dataclasses import replace

import numpy as np
import pytest
import wfdb

from ecgviz import readers
from ecgviz.card import BeatCard, BeatInput, Figure, LabelSpec
from ecgviz.errors import ModelError
from ecgviz.explain import beats as evidence
from ecgviz.results import Attribution, BeatPrediction
from ecgviz.ui import rhythm_models
from ecgviz.zoo import beats as networks

LABELS = ("N", "S", "V", "F", "Q")


def card(name, task="beats_kaggle", score=0.9):
    facts = dict.fromkeys(
        ["thresholds_from", "calibration", "trained_on", "tested_on", "intended_use", "not_for", "licence"], "test"
    )
    return BeatCard(
        name=name,
        title=f"Network {name}",
        task=task,
        architecture="cnn",
        config={},
        labels=tuple(LabelSpec(label, label, (), 10, 0.5) for label in LABELS),
        metrics={"macro_f1": Figure(score)},
        subgroups={},
        parameters=1,
        gflop=0.0,
        ms_per_record=0.1,
        weights_digest="0",
        example={},
        input=BeatInput("beat", "to_next", 120.0, 187, ("MLII", "II")),
        **facts,
    )


def predict(model, record, times_s):
    """Every tenth beat is V, all others N."""
    if model == "narrow":
        raise ModelError("This model needs at least 9 leads.")
    p = np.full((times_s.size, 5), 0.02, dtype=np.float32)
    p[:, 0] = 0.92
    p[::10] = (0.1, 0.02, 0.84, 0.02, 0.02)
    return BeatPrediction(model, LABELS, times_s, p, record.leads[0])


def explain(model, record, times_s, index, label, method):
    scores = np.linspace(0, 1, 100, dtype=np.float32)[None]
    return Attribution(scores, 120.0, float(times_s[index]), (record.leads[0],), label, model, method)


@pytest.fixture
def models(monkeypatch):
    cards = [card("kaggle"), card("honest", "beats_inter_patient", 0.7), card("narrow", score=0.1)]
    monkeypatch.setattr(networks, "cards", lambda: tuple(cards))
    monkeypatch.setattr(networks, "load", lambda name: name)
    monkeypatch.setattr(networks, "predict", predict)
    monkeypatch.setattr(evidence, "methods", lambda model: ("grad_cam", "occlusion"))
    monkeypatch.setattr(evidence, "explain", explain)


def as_wfdb(folder, name, signal, fs):
    """Header and signal file of one lead in mV."""
    steps = {"fmt": ["16"], "adc_gain": [1000.0], "baseline": [0]}
    wfdb.wrsamp(name, fs, ["mV"], ["MLII"], np.asarray(signal)[:, None], **steps, write_dir=str(folder))
    return [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]


def heart(seconds, fs=250, pause_at=None):
    at = np.arange(int(seconds * fs)) / fs
    peaks = np.arange(0.5, seconds, 0.8)
    if pause_at is not None:
        peaks = peaks[(peaks < pause_at) | (peaks > pause_at + 2.5)]
    signal = sum(np.exp(-((at - peak) ** 2) / (2 * 0.015**2)) for peak in peaks)
    return signal + 0.005 * np.random.default_rng(0).normal(size=at.size)


def desk(opened):
    return opened.at.session_state["_rhythm_open"]


def press(opened, name):
    opened.at.button(key=f"rhythm-do-{name}").click().run()
    assert opened.errors() == []


def test_a_simulated_record_shows_beats_numbers_and_pictures(page, models):
    opened = page("beats")
    assert opened.errors() == []
    assert "Mean rate" in opened.words()
    overview, detail, _ = opened.figures()
    assert not overview["layout"].get("shapes")
    assert any(trace.get("name") == "beats N" for trace in detail["data"])
    assert desk(opened).series.times_s.size > 5
    assert set(desk(opened).series.labels) == {"N", "V"}


def test_without_a_model_the_rhythm_is_shown_and_beats_have_no_class(page, monkeypatch):
    monkeypatch.setattr(networks, "cards", tuple)
    opened = page("beats")
    assert opened.errors() == []
    assert "No model of beats is installed" in opened.words()
    assert set(desk(opened).series.labels) == {None}
    press(opened, "V")
    assert desk(opened).series.labels[0] == "V"


def test_the_model_tested_on_other_patients_is_offered_first(page, models):
    opened = page("beats")
    choice = opened.at.selectbox(key="rhythm-model")
    assert choice.value == "honest"
    assert choice.options[:2] == ["Network honest: F1 0.70, other patients", "Network kaggle: F1 0.90, same patients"]


def test_edits_are_counted_and_undone_to_the_very_beginning(page, models):
    opened = page("beats")
    before = desk(opened).series
    for name in ("S", "beat-on", "delete", "beat-on", "Q", "undo", "Q"):
        press(opened, name)
    assert len(desk(opened).history.done) == 3
    assert desk(opened).series.times_s.size == before.times_s.size - 1
    opened.at.button(key="rhythm-start").click().run()
    assert desk(opened).series.times_s.tobytes() == before.times_s.tobytes()
    assert desk(opened).series.labels == before.labels
    press(opened, "redo")
    assert desk(opened).series.labels[0] == "S"


def test_a_class_where_there_is_no_beat_adds_one_on_a_sample(page, models):
    opened = page("beats")
    before = desk(opened).series.times_s
    opened.at.text_input(key="rhythm-time").set_value(f"{before[3:5].mean():.2f}").run()
    assert desk(opened).beat is None
    press(opened, "V")
    now = desk(opened).series
    assert now.times_s.size == before.size + 1
    fs = opened.at.session_state["_record"].fs
    assert now.times_s[4] * fs == pytest.approx(round(now.times_s[4] * fs))
    assert any("Ask about 1 new" in button.label for button in opened.at.button)


def test_suggestions_are_accepted_one_by_one_and_many_at_once(page, models):
    opened = page("beats")
    press(opened, "S")
    press(opened, "beat-on")
    press(opened, "S")
    assert len(desk(opened).suggested) == 2
    press(opened, "reject")
    assert len(desk(opened).suggested) == 1
    press(opened, "next")
    press(opened, "accept")
    assert desk(opened).series.labels[:2] == ("V", "S")
    assert desk(opened).suggested == ()
    opened.at.button(key="rhythm-start").click().run()
    press(opened, "Q")
    opened.at.slider(key="rhythm-least").set_value(0.8).run()
    opened.at.button(key="rhythm-accept-many").click().run()
    assert desk(opened).series.labels[0] == "V"


def test_another_model_relabels_only_beats_that_nobody_edited(page, models, monkeypatch):
    opened = page("beats")
    press(opened, "S")
    opened.at.selectbox(key="rhythm-model").set_value("kaggle").run()
    assert desk(opened).series.labels[0] == "S"
    assert desk(opened).model == "kaggle"


def test_a_model_that_cannot_answer_leaves_the_rest_of_the_page(page, models):
    opened = page("beats")
    opened.at.selectbox(key="rhythm-model").set_value("narrow").run()
    assert opened.errors() == []
    assert "needs at least 9 leads" in opened.words()
    assert len(opened.figures()) == 3


@pytest.mark.parametrize("panel", ["Classes", "RR intervals", "Heart rate", "Poincaré", "Variability"])
def test_every_panel_draws(page, models, panel):
    opened = page("beats")
    opened.at.button_group(key="rhythm-panel").set_value(panel).run()
    assert opened.errors() == []
    assert len(opened.figures()) == {"Variability": 2, "Classes": 4}.get(panel, 3)


def test_the_chosen_beat_has_its_evidence_and_probabilities(page, models):
    opened = page("beats")
    assert "0.84" in opened.words()
    assert any(trace.get("type") == "heatmap" for trace in opened.figures()[-1]["data"])
    assert list(opened.at.selectbox(key="rhythm-method").options) == ["Grad-CAM", "Occlusion"]


def test_a_pause_in_an_upload_is_an_event_and_the_button_goes_there(page, models, tmp_path):
    opened = page("beats").upload(*as_wfdb(tmp_path, "own", heart(120, pause_at=60.0), 250))
    assert opened.errors() == []
    opened.at.selectbox(key="rhythm-kind").set_value("pause").run()
    press(opened, "event-on")
    place = desk(opened).place
    assert place.start_s < 60 < place.stop_s
    assert "Pauses</dt><dd>1" in opened.words()


def test_the_window_has_three_lengths_and_goes_where_it_is_told(page, models, tmp_path):
    opened = page("beats").upload(*as_wfdb(tmp_path, "own", heart(120), 250))
    opened.at.button_group(key="rhythm-span").set_value(30.0).run()
    assert desk(opened).place.span_s == 30.0
    opened.at.text_input(key="rhythm-time").set_value("1:30").run()
    assert desk(opened).place.start_s == pytest.approx(75, abs=1)
    opened.at.text_input(key="rhythm-time").set_value("soon").run()
    assert opened.errors() == []
    assert "is no time" in opened.at.warning[0].value


def test_edited_beats_saved_as_wfdb_and_csv_read_back_identically(page, models, tmp_path):
    from ecgviz.readers import annotation_writer

    opened = page("beats").upload(*as_wfdb(tmp_path, "own", heart(60), 250))
    press(opened, "S")
    press(opened, "beat-on")
    press(opened, "delete")
    series, fs = desk(opened).series, opened.at.session_state["_record"].fs
    (data,) = annotation_writer.write_annotations(series, fs, "own").values()
    again = readers.read_annotations({"own.atr": data}, "atr", fs=fs)
    assert again.labels == series.labels
    assert np.abs(again.times_s - series.times_s).max() < 1e-9
    table = annotation_writer.from_csv(annotation_writer.to_csv(series, fs))
    assert table.labels == series.labels
    assert table.times_s.tolist() == series.times_s.tolist()
    uploader = next(box for box in opened.at.file_uploader if str(box.key).startswith("rhythm-file"))
    uploader.set_value(("own.atr", data, "application/octet-stream"))
    opened.at.run()
    assert opened.errors() == []
    assert desk(opened).begun == "file"
    assert desk(opened).series.labels == series.labels


def test_edits_wait_while_another_record_is_open(page, models):
    opened = page("beats")
    press(opened, "S")
    first = desk(opened)
    opened.at.button(key="next-entry-simulated").click().run()
    assert desk(opened) is not first
    opened.at.button(key="previous-entry-simulated").click().run()
    assert desk(opened) is first
    assert desk(opened).series.labels[0] == "S"


@pytest.mark.parametrize(
    ("name", "signal", "told"),
    [
        ("flat", np.zeros(5000), "moves by 0 µV"),
        ("brief", heart(2.0)[:300], "No beat|needs at least 5 s"),
    ],
)
def test_a_recording_without_rhythm_says_why_and_shows_no_traceback(page, models, tmp_path, name, signal, told):
    import re

    opened = page("beats").upload(*as_wfdb(tmp_path, name, signal, 250))
    assert opened.errors() == []
    boxes = [box.value for box in [*opened.at.warning, *opened.at.info]]
    assert any(re.search(told, box) for box in boxes), boxes
    for panel in ("Classes", "RR intervals", "Heart rate", "Poincaré", "Variability"):
        opened.at.button_group(key="rhythm-panel").set_value(panel).run()
        assert opened.errors() == []
    press(opened, "beat-on") if not opened.at.button(key="rhythm-do-beat-on").disabled else None


def test_the_answers_of_one_model_are_ranked_by_patients_then_by_score():
    cards = [card("a", score=0.99), card("b", "beats_inter_patient", 0.5), card("c", score=0.995)]
    assert [c.name for c in rhythm_models.ranked(cards)] == ["b", "c", "a"]
    alike = [replace(card("x"), title="CNN"), replace(card("y"), title="CNN")]
    assert rhythm_models.titles(alike)["x"].startswith("CNN (x)")

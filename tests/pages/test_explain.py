"""The Explain page: findings beside their own thresholds, the chosen one's heat under the trace."""

import json

import numpy as np
import pytest


def heat(opened):
    return opened.trace(type="heatmap")


def findings(opened):
    """Probability by label, over all figures of bars."""
    bars = [trace for figure in opened.figures() for trace in figure["data"] if trace["type"] == "bar"]
    return {row[0]: value for trace in bars for row, value in zip(trace["customdata"], trace["x"], strict=True)}


def test_best_supported_finding_is_explained_at_once(page):
    opened = page("explain")
    assert opened.errors() == []
    assert heat(opened)["name"] == f"evidence for {opened.at.selectbox(key='finding').value}"
    told = opened.words()
    assert "its threshold of 0.45" in told
    assert "1 heat step" in told
    assert "times chance" in told


def test_classes_that_are_scored_as_one_are_shown_once(page):
    opened = page("explain")
    opened.at.radio(key="task").set_value("cinc2020").run()
    opened.at.radio(key="network-cinc2020").set_value("challenge").run()
    above = findings(opened)
    opened.at.toggle(key="finding_rest").set_value(True).run()
    shown = findings(opened)
    assert len(above) < len(shown)
    assert {"CRBBB", "PAC", "PVC"} <= set(shown)
    assert not {"RBBB", "SVPB", "VPB"} & set(shown)
    assert len(shown) == 24
    options = opened.at.selectbox(key="finding").options
    assert "CRBBB: complete right bundle branch block (also RBBB)" in options


def test_another_finding_has_another_heat_on_the_same_axes(page):
    opened = page("explain")
    first, box = heat(opened), opened.at.selectbox(key="finding")
    other = next(label for label in findings(opened) if label != box.value)
    box.set_value(other).run()
    second = heat(opened)
    assert second["name"] == f"evidence for {other}"
    assert (first["x0"], first["dx"]) == (second["x0"], second["dx"])
    assert json.dumps(first["z"]) != json.dumps(second["z"])


@pytest.mark.parametrize("method", ["grad_cam", "integrated_gradients", "occlusion"])
def test_each_method_draws_and_names_itself(page, method):
    from ecgviz import explain

    opened = page("explain")
    opened.at.radio(key="network-ptbxl_super").set_value("superclasses").run()
    opened.at.selectbox(key="method").set_value(method).run()
    assert opened.errors() == []
    assert heat(opened)
    assert explain.METHODS[method] in opened.words()


def test_display_filter_leaves_every_probability_as_it_was(page):
    opened = page("explain")
    before, trace = findings(opened), opened.line("V1")
    opened.at.session_state["filter"] = "0.5-40"
    opened.at.session_state["notch"] = "50"
    opened.at.run()
    assert not np.array_equal(opened.line("V1"), trace)
    assert findings(opened) == before


def test_palette_style_and_strength_reach_the_heat(page):
    opened = page("explain")
    plain = heat(opened)
    opened.at.selectbox(key="palette").set_value("white_red")
    opened.at.slider(key="strength").set_value(0.9).run()
    changed = heat(opened)
    assert plain["colorscale"] != changed["colorscale"]
    assert changed["colorscale"][-1][1].endswith("0.9)")


def gate(opened):
    (found,) = [block.proto.body for block in opened.at.get("html") if "class='ev-gate" in block.proto.body]
    return found


def test_the_gate_stands_above_the_findings_with_its_reason(page):
    opened = page("explain")
    assert "Nothing speaks against asking this model" in gate(opened)
    opened.at.selectbox(key="entry-simulated").set_value("simulated/lead_off").run()
    assert "Read with care." in gate(opened)
    assert "V3" in gate(opened)
    opened.at.selectbox(key="entry-simulated").set_value("simulated/swapped_arms").run()
    assert "Do not rely on this answer." in gate(opened)
    assert "Check" in opened.words() or "check" in opened.words()


def test_grad_cam_looks_at_any_layer_that_the_model_offers(page):
    opened = page("explain")
    opened.at.radio(key="network-ptbxl_super").set_value("superclasses").run()
    first = json.dumps(heat(opened)["z"])
    box = opened.at.selectbox(key="layer")
    assert box.value == "last convolution"
    assert len(box.options) > 1
    box.set_value(box.options[1]).run()
    assert opened.errors() == []
    assert json.dumps(heat(opened)["z"]) != first
    assert f"Grad-CAM at {box.options[1]}" in opened.words()
    opened.at.selectbox(key="method").set_value("occlusion").run()
    assert "layer" not in [one.key for one in opened.at.selectbox]
    assert opened.errors() == []


def test_how_it_was_made_states_input_thresholds_and_what_it_is_not_for(page):
    told = page("explain").words()
    assert all(word in told for word in ("Normalisation", "100 Hz", "Thresholds from random records", "anything else"))


def test_no_model_is_an_empty_page_with_words_and_the_record_stays(page, tmp_path):
    opened = page("explain", ECGVIZ_MODELS=str(tmp_path))
    assert opened.errors() == []
    assert opened.at.subheader[0].value == "No model is installed"
    assert "Sinus rhythm" in opened.words()


def test_damaged_weights_are_one_line(page, tmp_path, random_models):
    folder = tmp_path / "superclasses"
    folder.mkdir()
    for name in ("card.json", "report.json"):
        (folder / name).write_bytes((random_models / "superclasses" / name).read_bytes())
    (folder / "weights.safetensors").write_bytes(b"not weights")
    opened = page("explain", ECGVIZ_MODELS=str(tmp_path))
    (line,) = opened.errors()
    assert "weights" in line
    assert "bug" not in line


def test_uploaded_record_without_its_chest_leads_is_explained_with_a_warning(page):
    rows = "\n".join(f"{0.3 * np.sin(k / 9):.4f},{0.5 * np.sin(k / 9):.4f}" for k in range(3000))
    opened = page("explain").upload(("limb.csv", f"I,II\n{rows}".encode()))
    opened.at.number_input[0].set_value(300.0)
    next(box for box in opened.at.selectbox if box.label.startswith("Unit")).set_value("mV")
    next(b for b in opened.at.button if b.label == "Read").click().run()
    assert opened.errors() == []
    assert "V1, V2, V3, V4, V5, V6" in opened.words()
    assert heat(opened)


def test_the_heat_is_tested_when_asked_and_told_in_numbers(page):
    opened = page("explain")
    assert "Take it away" not in opened.words()
    opened.at.button(key="test-heat").click().run()
    assert opened.errors() == []
    told = opened.words()
    for name in ("Take it away", "Shuffled weights", "Stability"):
        assert any(f"{name}: {mark}" in told for mark in ("✓ passes", "~ doubtful", "✗ fails")), name
    (table,) = opened.at.dataframe
    assert {"Wave", "Leads", "Share of the evidence, %", "Times chance"} == set(table.value.columns)


def test_what_if_bench_is_neutral_until_something_is_moved(page):
    opened = page("explain")
    assert "Nothing is changed" not in opened.words()
    opened.at.toggle(key="what_if").set_value(True).run()
    assert opened.errors() == []
    assert "Nothing is changed" in opened.words()
    assert "The heat is the same to the bit." in opened.words()
    opened.at.toggle(key="wi-swap").set_value(True).run()
    assert opened.errors() == []
    assert "With arms swapped:" in opened.words()
    opened.at.button(key="wi-neutral").click().run()
    assert "Nothing is changed" in opened.words()
    opened.at.select_slider(key="wi-gain").set_value(10.0).run()
    assert "With gain × 10:" in opened.words()
    assert "Do not rely on this answer." in opened.words()
    assert opened.errors() == []


def test_what_the_model_saw_is_a_line_over_the_trace(page):
    opened = page("explain")
    opened.at.toggle(key="seen").set_value(True).run()
    assert opened.errors() == []
    assert opened.trace(name="what the model saw")["line"]["color"] == "#4477aa"

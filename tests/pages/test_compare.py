"""The Compare page: several models, methods or two records side by side, disagreements first, and a link to it all."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from ecgviz import explain, zoo
from ecgviz.signals import synthetic
from ecgviz.ui import compare_state
from ecgviz.ui.compare_state import Comparison, Origin, Session

ROOT = Path(__file__).parents[2]
SAME = {"compare": "models", "models": "superclasses,second"}


@pytest.fixture
def follow(page):
    """Opens the page by a link, in a session of its own."""

    def open_link(query, **environment):
        opened = page("models", **environment)
        at = AppTest.from_file(str(ROOT / "pages" / "compare.py"), default_timeout=180)
        for key, value in query.items():
            at.query_params[key] = value
        return type(opened)(at.run())

    return open_link


def figure(opened):
    """The one figure of the page."""
    (found,) = opened.figures()
    return found


def address(opened):
    """The query of the page's address."""
    query = opened.at.query_params
    return {key: query[key] if isinstance(query[key], str) else query[key][0] for key in query}


def give(opened, data):
    """Choose a session file."""
    opened.at.file_uploader(key="compare-file").set_value([("session.json", data, "application/json")]).run()


def heads(opened):
    return [note["text"] for note in figure(opened)["layout"]["annotations"][:-1]]


def heats(opened):
    return [trace for trace in figure(opened)["data"] if trace["type"] == "heatmap"]


def table(opened, caption="Probability"):
    """The rows of a table as texts of their cells."""
    (found,) = [b.proto.body for b in opened.at.get("html") if f"<caption><span>{caption}" in b.proto.body]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr.*?>(.*?)</tr>", found)]
    return [[re.sub(r"<[^>]*>", " ", cell).strip() for cell in row] for row in cells]


def test_two_models_of_one_question_are_compared_at_once(page):
    opened = page("compare")
    assert opened.errors() == []
    assert len(heads(opened)) == 3
    assert heads(opened)[2].startswith("<b>Mean of the 2 maps")
    assert [heat["yaxis"] for heat in heats(opened)] == ["y", "y2", "y3"]
    assert len({str(heat["colorscale"]) for heat in heats(opened)}) == 1
    layout = figure(opened)["layout"]
    assert [layout[f"yaxis{n}"]["matches"] for n in (2, 3)] == ["y", "y"]
    told = opened.words()
    assert "1 the strongest step of each map" in told
    assert "Spearman" in told
    assert "100 Hz, 0.5 to 40 Hz" in told


def test_disagreements_stand_first_and_each_has_both_thresholds(follow):
    opened = follow(SAME)
    head, *rows = table(opened)
    assert head[1:] == ["Superclasses, random", "Superclasses, another"]
    apart = ["differ" in row[0] for row in rows]
    assert apart == sorted(apart, reverse=True)
    assert any(apart)
    assert all(re.match(r"[01]\.\d\d +(above|below) 0\.45", cell) for row in rows for cell in row[1:])
    sides = [{re.search("above|below", cell)[0] for cell in row[1:]} for row in rows]
    assert [len(side) == 2 for side in sides] == apart


def test_a_finding_that_a_model_was_not_trained_for_has_no_number(follow):
    opened = follow({"compare": "models", "models": "challenge,superclasses,second"})
    assert all("not trained" in row for row in table(opened)[1:])
    label = opened.at.selectbox(key="compare-finding").value
    known = label.startswith("ptbxl_super")
    notes = [head for head in heads(opened) if "not trained for this finding" in head]
    assert len(notes) == (1 if known else 2)
    assert len(heats(opened)) == (3 if known else 1)


def test_another_model_in_one_place_computes_only_its_own(follow, monkeypatch):
    asked = []
    predict, evidence = zoo.predict, explain.explain
    monkeypatch.setattr(zoo, "predict", lambda m, r: asked.append(("predict", m.card.name)) or predict(m, r))
    monkeypatch.setattr(
        explain,
        "explain",
        lambda m, r, *rest, **more: asked.append(("explain", m.card.name)) or evidence(m, r, *rest, **more),
    )
    opened = follow({"compare": "models", "models": "superclasses,second", "finding": "ptbxl_super/MI"})
    assert sorted(asked) == [(what, name) for what in ("explain", "predict") for name in ("second", "superclasses")]
    asked.clear()
    opened.at.selectbox(key="compare-models-1").set_value("both").run()
    assert opened.errors() == []
    assert asked == [("predict", "both"), ("explain", "both")]
    assert address(opened)["models"] == "superclasses,both"


def test_a_third_model_joins_and_leaves_again(follow):
    opened = follow(SAME)
    opened.at.selectbox(key="compare-models-2").set_value("both").run()
    assert len(heads(opened)) == 4
    assert len(table(opened)[0]) == 4
    opened.at.selectbox(key="compare-models-2").set_value("").run()
    assert len(heads(opened)) == 3


def test_methods_of_one_model_are_compared_without_a_table_of_models(page):
    opened = page("compare")
    opened.at.button_group(key="compare-kind").set_value("methods").run()
    assert opened.errors() == []
    assert ["Grad-CAM" in heads(opened)[0], "Integrated gradients" in heads(opened)[1]] == [True, True]
    assert not any("<span>Probability of" in b.proto.body for b in opened.at.get("html"))
    assert "over time, as not every method tells leads apart" in opened.words()


def test_two_records_on_one_model_share_the_axis_and_have_no_mean(page):
    opened = page("compare")
    opened.at.button_group(key="compare-kind").set_value("records").run()
    assert "Hold the open record" in opened.words()
    opened.at.button(key="compare-hold").click().run()
    opened.at.selectbox(key="entry-simulated").set_value("simulated/left_bundle_branch_block").run()
    assert opened.errors() == []
    assert [re.match("<b>(.*?) .simulated", head)[1] for head in heads(opened)] == [
        "Left bundle branch block",
        "Sinus rhythm",
    ]
    assert "no mean map" in opened.words()
    query = address(opened)
    assert (query["record"], query["with"]) == ("simulated/left_bundle_branch_block", "simulated/sinus_rhythm")


def test_a_link_reproduces_the_screen(page, follow):
    first = page("compare")
    first.at.selectbox(key="entry-simulated").set_value("simulated/left_bundle_branch_block").run()
    first.at.selectbox(key="compare-models-1").set_value("second").run()
    first.at.selectbox(key="compare-finding").set_value("ptbxl_super/HYP").run()
    first.at.multiselect(key="compare-leads-rows").set_value(["V1", "V6"]).run()
    second = follow(address(first))
    assert second.errors() == []
    assert figure(second) == figure(first)
    assert table(second) == table(first)


def test_a_session_file_reproduces_the_screen_and_tells_what_differs(page):
    opened = page("compare")
    record = synthetic.simulate("left_bundle_branch_block").record
    weights = {card.name: card.weights_digest for card in zoo.cards() if card.name in ("superclasses", "second")}
    chosen = Comparison(
        models=("superclasses", "second"), finding="ptbxl_super/CD", leads=("V1",), paper="grey", palette="signed"
    )
    origin = Origin(compare_state.digest(record), "simulated/left_bundle_branch_block")
    saved = Session(chosen, (origin,), weights, (2.0, 4.0, -0.5, 1.0))
    give(opened, saved.to_json().encode())
    assert opened.errors() == []
    assert [box.value for box in opened.at.warning] == []
    assert "Left bundle branch block" in opened.words()
    assert opened.at.selectbox(key="compare-finding").value == "ptbxl_super/CD"
    assert figure(opened)["layout"]["paper_bgcolor"] == "#ffffff"
    assert opened.at.selectbox(key="palette").value == "signed"
    layout = figure(opened)["layout"]
    assert (layout["xaxis"]["range"], layout["yaxis3"]["range"]) == ([2.0, 4.0], [-0.5, 1.0])

    other = Session(chosen, (Origin("00"),), weights | {"second": "00", "gone": "11"})
    give(opened, other.to_json().encode())
    (told,) = [box.value for box in opened.at.warning]
    assert "not the record of the session" in told
    assert "other weights" in told
    assert "gone is not installed" in told
    opened.at.button(key="compare-dismiss").click().run()
    assert [box.value for box in opened.at.warning] == []


def test_an_own_long_recording_returns_to_its_window(page):
    t = np.arange(6000) / 200
    rows = "\n".join(f"{0.3 * np.sin(9 * s):.4f},{0.5 * np.sin(7 * s):.4f}" for s in t)
    opened = page("compare").upload(("own.csv", f"I,II\n{rows}".encode()))
    opened.at.number_input[0].set_value(200.0)
    next(box for box in opened.at.selectbox if box.label.startswith("Unit")).set_value("mV")
    next(b for b in opened.at.button if b.label == "Read").click().run()
    assert opened.errors() == []
    next(s for s in opened.at.slider if s.label.startswith("10 s")).set_value(15.0).run()
    record = opened.at.session_state["_record"]
    chosen = Comparison(models=("superclasses", "second"), start_s=10.0)
    saved = Session(chosen, (Origin(compare_state.digest(record)),), {})
    give(opened, saved.to_json().encode())
    assert opened.errors() == []
    assert [box.value for box in opened.at.warning] == []
    assert figure(opened)["layout"]["xaxis"]["tick0"] == pytest.approx(10.0)


def test_a_file_that_is_no_session_is_one_line_and_changes_nothing(page):
    opened = page("compare")
    before = figure(opened)
    give(opened, b"PK\x03")
    (line,) = opened.errors()
    assert "not JSON" in line
    assert figure(opened) == before


def test_an_own_file_is_never_in_the_link(page, wfdb_pair):
    opened = page("compare").upload(*wfdb_pair.items())
    assert opened.errors() == []
    query = address(opened)
    assert "record" not in query
    assert "lbbb" not in str(query).lower()
    assert any("opens their own file" in caption.value for caption in opened.at.caption)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"compare": "models", "models": "superclasses,gone"}, "gone"),
        ({"compare": "moods"}, "moods"),
        ({"compare": "records", "with": "simulated/nobody"}, "nobody"),
    ],
)
def test_a_link_to_what_is_not_there_is_one_line_and_the_page_stays(follow, query, told):
    opened = follow(query)
    (line,) = opened.errors()
    assert told in line
    assert opened.at.button_group(key="compare-kind").value


def test_one_model_that_fails_leaves_the_others(follow, tmp_path, random_models):
    folder = tmp_path / "models"
    shutil.copytree(random_models, folder)
    (folder / "second" / "weights.safetensors").write_bytes(b"not weights")
    opened = follow({"compare": "models", "models": "superclasses,second,challenge"}, ECGVIZ_MODELS=str(folder))
    assert opened.errors() == []
    assert "the weights are not those of the card" in opened.words()
    assert len(heats(opened)) == 1


def test_without_models_the_page_says_what_to_do(page, tmp_path):
    opened = page("compare", ECGVIZ_MODELS=str(tmp_path))
    assert opened.errors() == []
    assert opened.at.subheader[0].value == "No model is installed"


def test_a_single_model_can_still_be_compared_with_itself(page, tmp_path, random_models):
    shutil.copytree(random_models / "superclasses", tmp_path / "superclasses")
    opened = page("compare", ECGVIZ_MODELS=str(tmp_path))
    assert opened.errors() == []
    assert "Only one model is installed" in opened.words()
    opened.at.button_group(key="compare-kind").set_value("methods").run()
    assert len(heats(opened)) == 3


def test_the_comparison_is_told_in_words(follow):
    opened = follow(SAME)
    (told,) = [b.proto.body for b in opened.at.get("html") if "they differ: " in b.proto.body]
    lines = re.findall("<li>(.*?)</li>", told)
    assert len(lines) == len(table(opened)) - 1
    assert all("its threshold of 0.45" in line for line in lines)

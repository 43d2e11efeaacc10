"""The Models page: a table of one question's models with intervals, and below it the opened card or a comparison."""

import json
import re
import shutil

import pytest

from ecgviz import zoo
from ecgviz.zoo import _answers


def rows(opened):
    """The models in the table, from top to bottom."""
    return [b.key.removeprefix("open-") for b in opened.at.button if b.key and b.key.startswith("open-")]


def view(opened, name):
    opened.at.button_group(key="models_view").set_value(name).run()
    assert opened.errors() == []
    return opened


def fold(opened, key):
    """Open one fold of the card, as a click does."""
    opened.at.session_state[f"fold-{key}"] = True
    opened.at.run()
    assert opened.errors() == []
    return opened


def test_every_score_has_its_interval_and_the_test_data_are_named(page):
    opened = page("models")
    assert opened.errors() == []
    told = opened.words()
    assert re.search(r"<b>0\.\d{3}</b><i>\(0\.\d{3}–[01]\.\d{3}\)</i>", told)
    assert "120 random rows" in told
    assert "Challenge metric" not in told.partition("ev-facts")[0]


def test_one_question_at_a_time_best_first(page):
    opened = page("models")
    assert set(rows(opened)) == {"superclasses", "second", "both"}
    scores = [zoo.report(name)["metrics"]["macro_auroc"]["value"] for name in rows(opened)]
    assert scores == sorted(scores, reverse=True)
    opened.at.button_group(key="models_task").set_value("cinc2020").run()
    assert rows(opened) == ["challenge", "slips"]
    assert opened.at.subheader[0].value == "Challenge, random"
    assert "Challenge metric" in opened.words()


def test_any_column_sorts(page):
    opened = page("models")
    box = opened.at.selectbox(key="models_sort-ptbxl_super")
    assert {"Parameters", "GFLOP", "ms a record", "AUROC macro", "F1 weighted", "Name"} <= {
        name.removeprefix("Sort by ") for name in box.options
    }
    box.set_value("Parameters").run()
    cards = {card.name: card for card in zoo.cards()}
    sizes = [cards[name].parameters for name in rows(opened)]
    assert sizes == sorted(sizes)
    opened.at.selectbox(key="models_sort-ptbxl_super").set_value("Name").run()
    assert rows(opened)[0] == "both"


def test_search_narrows_the_table_and_says_when_nothing_is_left(page):
    opened = page("models")
    opened.at.text_input(key="models_search").set_value("another").run()
    assert set(rows(opened)) == {"second", "both"}  # the ensemble is made of it
    opened.at.text_input(key="models_search").set_value("nonesuch").run()
    assert rows(opened) == []
    assert "clear the search" in opened.words()


def test_an_ensemble_says_of_what(page):
    assert "Mean of Superclasses, random and Superclasses, another." in page("models").words()


def test_click_on_a_row_opens_its_card(page):
    opened = page("models")
    view(opened, "Compare two")
    opened.at.button(key="open-second").click().run()
    assert opened.at.subheader[0].value == "Superclasses, another"
    assert "anything else" in opened.words()
    table = opened.at.dataframe[0].value
    assert sorted(table["Finding"]) == sorted(["NORM", "MI", "STTC", "CD", "HYP"])
    assert table["AUROC"].str.fullmatch(r"[01]\.\d{3} \([01]\.\d{3}–[01]\.\d{3}\)").all()


def test_a_link_opens_the_card_it_names(page):
    opened = page("models")
    opened.at.query_params["model"] = "slips"
    opened.at.run()
    assert opened.at.subheader[0].value == "Inception network, as coded by the seed"
    assert opened.at.button_group(key="models_task").value == "cinc2020"


def test_too_few_to_trust_is_in_the_table_and_never_zero(page):
    opened = page("models")
    opened.at.button_group(key="models_task").set_value("cinc2020").run()
    table = opened.at.dataframe[0].value.set_index("Finding")
    assert len(table) == 24
    assert list(table.loc["QAb", ["Sensitivity", "Precision", "F1", "Trust"]]) == [
        *["too few"] * 3,
        "too few to trust",
    ]
    assert table.loc["AF", "Trust"] == ""


def test_each_curve_draws(page):
    opened = page("models")
    drawn = set()
    for kind in ("ROC", "Precision and recall", "Reliability"):
        opened.at.button_group(key="curve").set_value(kind).run()
        assert opened.errors() == []
        drawn.add(json.dumps(opened.figures()[0]["data"]))
    assert len(drawn) == 3


@pytest.mark.parametrize(
    ("key", "figures", "said"),
    [
        ("calibration", 4, "less is better"),
        ("conformal", 2, "on average at most 10%"),
        ("selective", 1, "surest"),
        ("subgroups", 4, "is corrected"),
        ("robustness", 2, "0 dB"),
        ("external", 1, "another hospital"),
        ("tasks", 1, "smaller tasks"),
        ("training", 2, "3 epochs, 3 minutes"),
        ("audit", 0, "patients in two splits"),
        ("optimistic", 0, "F1 macro 0.900"),
    ],
)
def test_each_fold_draws_when_it_is_opened(page, key, figures, said):
    opened = page("models")
    opened.at.button(key="open-superclasses").click().run()
    before = len(opened.figures())
    fold(opened, key)
    assert len(opened.figures()) == before + figures
    assert said in opened.words()


def test_a_hospital_with_a_handful_of_records_has_no_figure(page):
    opened = page("models")
    opened.at.button(key="open-superclasses").click().run()
    fold(opened, "external")
    chart = opened.figures()[-1]
    names = dict(zip(chart["layout"]["yaxis"]["tickvals"], chart["layout"]["yaxis"]["ticktext"], strict=True))
    rows = [note for note in chart["layout"]["annotations"] if note.get("yref") != "paper"]
    told = {names[note["y"]].strip(): note["text"] for note in rows}
    assert told["PTB, n = 2"] == "too few to tell"
    assert told["Georgia, n = 20"].startswith("0.700")


def test_what_a_report_lacks_has_no_fold(page):
    opened = page("models")
    opened.at.button(key="open-superclasses").click().run()
    assert len(opened.at.expander) == 10
    opened.at.button(key="open-both").click().run()
    assert len(opened.at.expander) == 0


def test_size_and_speed_show_every_model_of_the_question(page):
    opened = view(page("models"), "Size and speed")
    sizes, times = opened.figures()
    assert sizes["layout"]["xaxis"]["title"]["text"] == "Parameters"
    assert times["layout"]["xaxis"]["title"]["text"].startswith("Milliseconds")
    for figure in (sizes, times):
        assert {row[0] for row in figure["data"][0]["customdata"]} == {
            "Superclasses, random",
            "Superclasses, another",
            "Ensemble of 2",
        }


def test_paired_difference_of_two_models(page):
    opened = page("models")
    opened.at.button(key="open-superclasses").click().run()
    view(opened, "Compare two")
    opened.at.selectbox(key="pair-second-ptbxl_super-superclasses").set_value("second").run()
    assert opened.errors() == []
    assert "AUROC macro: Superclasses, random is better" in opened.words()
    (figure,) = opened.figures()
    assert len(figure["data"][0]["y"]) == 2


def test_without_kept_answers_the_page_says_so(page):
    opened = page("models")
    opened.at.button(key="open-superclasses").click().run()
    view(opened, "Compare two")
    opened.at.selectbox(key="pair-second-ptbxl_super-superclasses").set_value("both").run()
    assert "No answers to the test records are kept for Ensemble of 2" in opened.words()
    assert opened.figures() == []


def test_answers_of_other_weights_are_one_line(page, tmp_path, random_models):
    folder = shutil.copytree(random_models, tmp_path / "models")
    shutil.copy(folder / "second" / _answers.FILE, folder / "superclasses" / _answers.FILE)
    opened = page("models", ECGVIZ_MODELS=str(folder))
    opened.at.button_group(key="models_view").set_value("Compare two").run()
    (line,) = opened.errors()
    assert "superclasses are of other weights" in line


def test_claims_of_the_seeds_stand_beside_what_was_measured_here(page):
    told = view(page("models"), "What the seeds reported").words()
    for reported in ("18.5", "15.7", "33.8", "34.9", "35.1", "40.6", "50.87", "97.6 %", "93.27 %", "99.94 %", "0.983"):
        assert f"<b>{reported}</b>" in told
    inception = told.partition("<b>Inception</b>")[2].partition("<b>Inception-Residual</b>")[0]
    assert re.search(r"Reproduced as coded'><b>\d+\.\d</b> <i>\(", inception)
    assert "Honest split'>not run" in inception
    assert "no model here yet" in told


def test_no_model_says_what_to_do(page, tmp_path):
    opened = page("models", ECGVIZ_MODELS=str(tmp_path))
    assert opened.errors() == []
    assert opened.at.subheader[0].value == "No model is installed"


def test_incomplete_card_is_one_line_that_names_the_field(page, tmp_path, random_models):
    folder = tmp_path / "superclasses"
    folder.mkdir()
    card = json.loads((random_models / "superclasses" / "card.json").read_text())
    del card["not_for"]
    (folder / "card.json").write_text(json.dumps(card))
    (line,) = page("models", ECGVIZ_MODELS=str(tmp_path)).errors()
    assert "not\\_for" in line


def test_missing_report_leaves_the_card(page, tmp_path, random_models):
    folder = tmp_path / "superclasses"
    folder.mkdir()
    for name in ("card.json", "weights.safetensors"):
        (folder / name).write_bytes((random_models / "superclasses" / name).read_bytes())
    opened = page("models", ECGVIZ_MODELS=str(tmp_path))
    (line,) = opened.errors()
    assert "report" in line
    assert "Intended use" in opened.words()

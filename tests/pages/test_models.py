"""The Models page: one table with intervals, the seed's claim beside it, and a card that opens."""

import json
import re


def test_every_score_has_its_interval_and_the_seed_stands_beside_it(page):
    opened = page("models")
    assert opened.errors() == []
    told = opened.words()
    assert re.search(r"<b>0\.\d{3}</b><i>\(0\.\d{3}–[01]\.\d{3}\)</i>", told)
    assert "Reported by the seed: 50.87 (score)." in told
    assert "Not comparable: other records." in told
    assert "120 random rows" in told


def test_click_on_a_row_opens_its_card(page):
    opened = page("models")
    assert opened.at.subheader[0].value == "Challenge, random"
    opened.at.button(key="open-superclasses").click().run()
    assert opened.at.subheader[0].value == "Superclasses, random"
    assert "anything else" in opened.words()
    table = opened.at.dataframe[0].value
    assert sorted(table["Finding"]) == sorted(["NORM", "MI", "STTC", "CD", "HYP"])
    assert table["AUROC"].str.fullmatch(r"[01]\.\d{3} \([01]\.\d{3}–[01]\.\d{3}\)").all()


def test_each_curve_draws(page):
    opened = page("models")
    drawn = set()
    for kind in ("ROC", "Precision and recall", "Reliability", "Training"):
        opened.at.button_group(key="curve").set_value(kind).run()
        assert opened.errors() == []
        drawn.add(json.dumps(opened.figures()[0]["data"]))
    assert len(drawn) == 4


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

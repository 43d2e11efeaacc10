"""The choice of a model in the sidebar: question, then network, one click each, kept across pages and by a link."""

import json
import shutil


def questions(opened):
    return opened.at.radio(key="task")


def networks(opened):
    (found,) = [box for box in opened.at.radio if box.key.startswith("network-")]
    return found


def test_first_question_and_its_best_network_to_begin_with(page):
    opened = page("explain")
    assert list(questions(opened).options) == ["Five superclasses", "27 Challenge classes"]
    assert questions(opened).value == "ptbxl_super"
    scores = [float(label.rpartition("[")[2].rstrip("]")) for label in networks(opened).options]
    assert scores == sorted(scores, reverse=True)
    assert networks(opened).value == "superclasses"


def test_any_model_is_at_most_two_clicks_away(page):
    opened = page("explain")
    opened.at.query_params["model"] = "challenge"
    opened.at.run()
    questions(opened).set_value("ptbxl_super").run()
    networks(opened).set_value("second").run()
    assert opened.errors() == []
    assert "Superclasses, another" in opened.words()


def test_each_question_remembers_its_network(page):
    opened = page("explain")
    networks(opened).set_value("second").run()
    questions(opened).set_value("cinc2020").run()
    questions(opened).set_value("ptbxl_super").run()
    assert networks(opened).value == "second"


def test_a_link_chooses_the_model_and_the_address_keeps_the_choice(page):
    opened = page("explain")
    opened.at.query_params["model"] = "challenge"
    opened.at.run()
    assert questions(opened).value == "cinc2020"
    assert networks(opened).value == "challenge"
    networks(opened).set_value("slips").run()
    assert opened.at.query_params["model"] == "slips"
    assert networks(opened).value == "slips"


def test_a_link_to_a_model_that_is_not_there_is_one_line_and_the_page_works(page):
    opened = page("explain")
    opened.at.query_params["model"] = "nonesuch"
    opened.at.run()
    (line,) = opened.errors()
    assert "nonesuch" in line
    assert opened.paper()


def test_one_question_alone_is_not_asked(page, tmp_path, random_models):
    for name in ("superclasses", "second"):
        shutil.copytree(random_models / name, tmp_path / name)
    opened = page("explain", ECGVIZ_MODELS=str(tmp_path))
    assert [box.key for box in opened.at.radio] == ["network-ptbxl_super"]
    assert opened.errors() == []


def test_networks_of_one_title_are_told_apart(page, tmp_path, random_models):
    for name in ("superclasses", "second"):
        shutil.copytree(random_models / name, tmp_path / name)
    card = tmp_path / "second" / "card.json"
    card.write_text(card.read_text().replace("Superclasses, another", "Superclasses, random"))
    labels = networks(page("explain", ECGVIZ_MODELS=str(tmp_path))).options
    assert len({label.partition(" :gray")[0] for label in labels}) == 2


def test_an_ensemble_is_offered_first_but_a_single_network_is_asked_first(page, tmp_path, random_models):
    shutil.copytree(random_models, tmp_path, dirs_exist_ok=True)
    for name, value in (("both", 0.95), ("superclasses", 0.9), ("second", 0.8)):
        path = tmp_path / name / "card.json"
        card = json.loads(path.read_text())
        card["metrics"]["macro_auroc"]["value"] = value
        path.write_text(json.dumps(card))
    opened = page("explain", ECGVIZ_MODELS=str(tmp_path))
    assert networks(opened).options[0].startswith("Ensemble of 2")
    assert networks(opened).value == "superclasses"

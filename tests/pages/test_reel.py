"""The reel: six scenes without any data folder, moved by buttons that have keys; nothing of them under read first."""

from ecgviz.ui.reel_scenes import SCENES


def test_every_scene_is_drawn_with_its_caption_and_its_heat(page):
    opened = page("reel", ECGVIZ_MODELS="models")
    for n, scene in enumerate(SCENES):
        assert opened.errors() == []
        assert f"<h2>{scene.title}</h2>" in opened.words()
        assert f"{n + 1} of {len(SCENES)}" in opened.words()
        assert "no longer show" not in opened.words()
        assert opened.trace(type="heatmap")["name"] == f"evidence for {scene.asks[0].label}"
        following = opened.at.button(key="reel-next")
        if n + 1 < len(SCENES):
            following.click().run()
    assert opened.at.button(key="reel-next").disabled
    opened.at.button(key="reel-previous").click().run()
    assert f"<h2>{SCENES[-2].title}</h2>" in opened.words()


def test_without_its_models_a_scene_still_shows_the_ecg(page):
    opened = page("reel")
    assert opened.errors() == []
    assert "which is not installed here" in opened.words()
    assert opened.paper()


def test_nothing_is_told_while_answers_wait_for_the_readers_own(page):
    opened = page("reel")
    opened.at.session_state["read_first"] = True
    opened.at.run()
    assert opened.errors() == []
    assert opened.figures() == []
    assert SCENES[0].title not in opened.words()

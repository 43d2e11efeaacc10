"""Look-alikes on the Explain page: the simulated gallery needs no data folder and fills in the background."""

import time


def until_read(opened):
    for _ in range(120):
        opened.at.run()
        if "Among 20 records" in opened.words():
            return opened
        time.sleep(0.25)
    raise AssertionError(opened.words()[-500:])


def test_five_neighbours_with_their_beats_and_never_the_record_itself(page, tmp_path):
    opened = page("explain", XDG_CACHE_HOME=str(tmp_path))
    assert "ev-alike" not in opened.words()
    opened.at.toggle(key="look_alikes").set_value(True).run()
    until_read(opened)
    assert opened.errors() == []
    table = next(text for text in opened.words().split("<style>") if "ev-alike" in text)
    assert table.count("<th scope='row'>") == 5
    assert "Sinus rhythm<" not in table
    beats = next(f for f in opened.figures() if any(t.get("name") == "this record" for t in f["data"]))
    assert sum(t.get("mode") == "lines" for t in beats["data"]) == 6
    assert not list(tmp_path.rglob("*.safetensors"))


def test_a_neighbour_is_opened_by_a_click(page, tmp_path):
    opened = page("explain", XDG_CACHE_HOME=str(tmp_path))
    opened.at.toggle(key="look_alikes").set_value(True).run()
    until_read(opened)
    before = opened.at.selectbox(key="entry-simulated").value
    opened.at.button(key="alike-1").click().run()
    assert opened.errors() == []
    assert opened.at.selectbox(key="entry-simulated").value != before


def test_average_heat_stands_beside_this_ones(page, tmp_path):
    opened = page("explain", XDG_CACHE_HOME=str(tmp_path))
    opened.at.toggle(key="look_alikes").set_value(True).run()
    until_read(opened)
    opened.at.button(key="alike-average").click().run()
    assert opened.errors() == []
    assert "Mean of" in opened.words()
    assert sum(any(t.get("name") == "evidence" for t in f["data"]) for f in opened.figures()) == 2

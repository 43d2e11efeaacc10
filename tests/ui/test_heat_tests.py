"""What the expert marks say of a method, in one sentence."""

from ecgviz.ui.heat_tests import known_places

FOUND = {
    "data": "LUDB 1.0.1",
    "rows": [{"method": "grad_cam", "n": 10}, {"method": "grad_cam", "n": 3}, {"method": "qrs_mask", "n": 3}],
    "methods": {
        "grad_cam": {"mass": 0.2, "beats_trivial": False},
        "deep_lift": {"mass": 0.5, "beats_trivial": True},
    },
    "trivial": {"amplitude": 0.3, "qrs_mask": 0.4},
}


def test_the_sentence_names_the_best_map_without_a_model_and_who_wins() -> None:
    assert "LUDB 1.0.1, 13 records" in known_places(FOUND, "grad_cam")
    assert "20 % of its evidence" in known_places(FOUND, "grad_cam")
    assert "QRS and nothing else) 40 %" in known_places(FOUND, "grad_cam")
    assert known_places(FOUND, "grad_cam").endswith("choose a method that beats it.")
    assert known_places(FOUND, "deep_lift").endswith("It beats them all.")


def test_where_none_wins_it_says_so_and_where_none_was_measured_nothing() -> None:
    poor = FOUND | {"methods": {"grad_cam": {"mass": 0.2, "beats_trivial": False}}}
    assert "no method that was tried beats it" in known_places(poor, "grad_cam")
    assert known_places(FOUND, "occlusion") == ""
    assert known_places(None, "grad_cam") == ""

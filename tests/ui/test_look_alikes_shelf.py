"""The shelf in the background: partial answers, stop and go on, records that a model cannot take, and whose each is."""

import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ecgviz.datasets.source import Entry, Source, table
from ecgviz.errors import ModelError
from ecgviz.explain import similar
from ecgviz.explain.similar import Neighbour
from ecgviz.ui import look_alikes, look_alikes_shelf
from ecgviz.ui.look_alikes_shelf import Filling

NAMES = [f"set/{n:02d}" for n in range(12)]


class Slow:
    """An eye that sees the number of the entry and cannot take set/03."""

    model = SimpleNamespace(card=SimpleNamespace(weights_digest="w"))

    def __call__(self, record):
        time.sleep(0.02)
        if record == 3:
            raise ModelError("too short")
        return np.full(4, record, np.float32), np.zeros(2, np.float32)


def filling(path: Path) -> Filling:
    rows = table({name: Entry(name) for name in NAMES})
    source = Source("set", "Set", "12-lead", lambda: rows, lambda entry: int(entry[-2:]))
    return Filling(Slow(), source, tuple(NAMES), path)


def wait(found: Filling, until) -> None:
    for _ in range(500):
        if until(found):
            return
        time.sleep(0.01)
    raise AssertionError(found.done)


def test_it_answers_meanwhile_stops_goes_on_and_is_kept(tmp_path):
    found = filling(tmp_path / "shelf.safetensors")
    found.start()
    wait(found, lambda f: f.done >= 3)
    found.stop()
    wait(found, lambda f: not f.running)
    part = found.shelf()
    assert 2 <= len(part.entries) < 11
    assert found.stopped
    found.start()
    wait(found, lambda f: not f.running)
    assert found.done == 12
    assert found.skipped == 1
    kept = similar.read(found.path, "w")
    assert kept is not None
    assert sorted(kept.entries) == [name for name in NAMES if name != "set/03"]
    again = filling(found.path)
    again.take(kept)
    assert again.done == 11
    np.testing.assert_array_equal(again.shelf().vectors, found.shelf().vectors)


@pytest.mark.parametrize(
    ("own", "other", "likeness", "marks"),
    [
        ("ptb-xl/1", "ptb-xl/2", 0.9, ["same patient", "fold 3"]),
        ("ptb-xl/1", "ptb-xl/3", 0.9, ["fold 3"]),
        ("ptb-xl/1", "ptb-xl/3", 0.99, ["perhaps the same recording", "fold 3"]),
        ("", "ptb-xl/2", 0.9, ["patient not stated", "fold 3"]),
        ("simulated/sinus_rhythm", "ptb-xl/2", 0.9, ["fold 3"]),
    ],
)
def test_the_same_patient_is_never_passed_over_in_silence(monkeypatch, own, other, likeness, marks):
    whose = {"ptb-xl/1": 7, "ptb-xl/2": 7, "ptb-xl/3": 8}
    monkeypatch.setattr(look_alikes_shelf, "patients", lambda key: whose)
    source = SimpleNamespace(key="ptb-xl", kind="12-lead")
    assert look_alikes._marks(own, Neighbour(other, likeness), source, 3) == marks


def test_a_data_set_that_does_not_say_whose_a_record_is_says_so(monkeypatch):
    monkeypatch.setattr(look_alikes_shelf, "patients", lambda key: {})
    source = SimpleNamespace(key="ludb", kind="12-lead")
    assert look_alikes._marks("ludb/1", Neighbour("ludb/2", 0.5), source, 0) == ["patient not stated"]


def test_shelves_lie_in_the_persons_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert look_alikes_shelf.folder() == tmp_path / "ecgviz" / "look-alikes"

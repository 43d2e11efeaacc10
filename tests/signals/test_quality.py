"""Each fault raises its own finding; clean records raise none."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import wfdb

from ecgviz.leads import STANDARD_12
from ecgviz.record import Record
from ecgviz.signals.edit import add_noise, drop_lead, swap_arms
from ecgviz.signals.quality import CODES, check
from ecgviz.signals.synthetic import GALLERY, simulate

CLEAN = [key for key, entry in GALLERY.items() if entry.group != "technical"]


def codes(record: Record) -> list[str]:
    return [flag.code for flag in check(record)]


def edited(change: Callable[[np.ndarray], None], key: str = "sinus_rhythm") -> Record:
    record = simulate(key).record
    signal = record.signal.copy()
    change(signal)
    return record.with_signal(signal, "edited")


def _nan(x: np.ndarray) -> None:
    x[8, 1000:1100] = np.nan


def _duplicate(x: np.ndarray) -> None:
    x[9] = x[10]


def _clip(x: np.ndarray) -> None:
    np.clip(x[10], -0.8, 0.8, out=x[10])


def _swap_names(x: np.ndarray) -> None:
    x[[4, 5]] = x[[5, 4]]


FAULTS: dict[str, Callable[[], Record]] = {
    "lead_swap": lambda: swap_arms(simulate("sinus_rhythm").record),
    "flat_lead": lambda: drop_lead(simulate("sinus_rhythm").record, "V3"),
    "duplicated_lead": lambda: edited(_duplicate),
    "clipped_lead": lambda: edited(_clip),
    "missing_samples": lambda: edited(_nan),
    "missing_lead": lambda: simulate("sinus_rhythm").record.pick(("I", "II", "V1", "V2", "V3", "V4", "V5")),
    "wrong_scale": lambda: edited(lambda x: x.__imul__(1000)),
    "limb_lead_mismatch": lambda: edited(_swap_names),
    "mains_hum": lambda: add_noise(simulate("sinus_rhythm").record, "mains_60", 0.05),
    "baseline_wander": lambda: add_noise(simulate("sinus_rhythm").record, "wander", 0.4),
    "muscle_noise": lambda: add_noise(simulate("sinus_rhythm").record, "muscle", 0.06),
    "low_rate": lambda: simulate("sinus_rhythm", fs=100).record,
    "too_short": lambda: simulate("sinus_rhythm", seconds=3).record,
    "no_beats": lambda: Record(np.random.default_rng(0).normal(0, 0.3, (12, 5000)), 500, STANDARD_12),
}


@pytest.mark.parametrize("key", CLEAN)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_clean_records_raise_nothing(key: str, seed: int) -> None:
    assert codes(simulate(key, seed=seed).record) == []


@pytest.mark.parametrize("code", [code for code in FAULTS if code != "no_beats"])
def test_each_fault_raises_its_own_finding_alone(code: str) -> None:
    flags = check(FAULTS[code]())
    assert [flag.code for flag in flags] == [code]
    assert flags[0].text.endswith(".")
    assert flags[0].advice


def test_every_code_is_tested() -> None:
    assert set(FAULTS) == set(CODES)


def test_no_beats() -> None:
    assert "no_beats" in codes(FAULTS["no_beats"]())


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("swapped_arms", "lead_swap"),
        ("lead_off", "flat_lead"),
        ("mains_hum", "mains_hum"),
        ("baseline_wander", "baseline_wander"),
        ("muscle_noise", "muscle_noise"),
    ],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_technical_entries_of_the_gallery(key: str, code: str, seed: int) -> None:
    assert codes(simulate(key, seed=seed).record) == [code]


@pytest.mark.parametrize("key", [key for key in CLEAN if key not in ("paced_rhythm",)])
def test_swapped_arms_are_seen_whatever_the_rhythm(key: str) -> None:
    assert codes(swap_arms(simulate(key).record)) == ["lead_swap"]


@pytest.mark.parametrize("factor", [1000.0, 10.0, 0.001, 0.02])
def test_scale(factor: float) -> None:
    assert "wrong_scale" in codes(edited(lambda x: x.__imul__(factor)))


def test_texts_carry_the_value() -> None:
    assert "50 Hz" in check(simulate("mains_hum").record)[0].text
    assert "V3" in check(simulate("lead_off").record)[0].text
    assert "2.0 % of V3" in check(FAULTS["missing_samples"]())[0].text
    assert "1000 times" in check(FAULTS["wrong_scale"]())[0].text
    assert "V6" in check(FAULTS["missing_lead"]())[0].text


def test_worst_comes_first() -> None:
    record = add_noise(swap_arms(simulate("sinus_rhythm", fs=250).record), "wander", 0.5)
    assert codes(record) == ["lead_swap", "baseline_wander", "low_rate"]


def test_the_constant_tail_of_ptb_xl_is_no_flat_lead() -> None:
    def tail(x: np.ndarray) -> None:
        x[:, -50:] = x[:, -51:-50]

    assert codes(edited(tail)) == []


def test_derivable_limb_leads_are_not_missing_and_one_lead_is_no_fault() -> None:
    record = simulate("sinus_rhythm").record
    assert codes(record.pick(("I", "II", "V1", "V2", "V3", "V4", "V5", "V6"))) == []
    (flag,) = check(record.pick(("II",)))
    assert (flag.code, flag.level) == ("missing_lead", "info")


def test_awkward_records_do_not_raise() -> None:
    assert codes(Record(np.zeros((12, 5000)), 500, STANDARD_12)).count("flat_lead") == 12
    assert "missing_samples" in codes(Record(np.full((12, 5000), np.nan), 500, STANDARD_12))
    assert "too_short" in codes(Record(np.ones((2, 1)), 500, ("I", "II")))


@pytest.mark.data
def test_few_false_alarms_and_no_missed_swap_on_ptb_xl() -> None:
    if not os.environ.get("ECGVIZ_DATA"):
        pytest.skip("ECGVIZ_DATA is unset")
    headers = sorted((Path(os.environ["ECGVIZ_DATA"]) / "ptb-xl" / "records500").rglob("*.hea"))[:60]
    if len(headers) < 60:
        pytest.skip("PTB-XL at 500 Hz is absent")
    grave, swapped = [], 0
    for header in headers:
        file = wfdb.rdrecord(str(header.with_suffix("")))
        names = [{"AVR": "aVR", "AVL": "aVL", "AVF": "aVF"}.get(name, name) for name in file.sig_name]
        record = Record(file.p_signal.T, file.fs, tuple(names))
        noise = {"muscle_noise", "baseline_wander", "mains_hum"}
        grave += [(header.stem, code) for code in codes(record) if code not in noise]
        swapped += "lead_swap" in codes(swap_arms(record))
    assert len(grave) <= 1, grave
    assert swapped >= 54

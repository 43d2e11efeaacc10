"""Lead names as printed, and the identities of Einthoven and Goldberger."""

import numpy as np
import pytest

from ecgviz.leads import LIMB, canonical, derive

ONE, TWO = np.random.default_rng(0).normal(size=(2, 50)).astype(np.float32)
FULL = {"I": ONE, "II": TWO, "III": TWO - ONE, "aVR": -(ONE + TWO) / 2, "aVL": ONE - TWO / 2, "aVF": TWO - ONE / 2}


@pytest.mark.parametrize(
    ("given", "printed"),
    [("AVR", "aVR"), ("avl", "aVL"), ("Lead II", "II"), ("v1", "V1"), ("MLII", "MLII"), ("DIII", "III"), ("C6", "V6")],
)
def test_names_are_as_printed(given: str, printed: str) -> None:
    assert canonical(given) == printed


def test_a_stranger_stays_as_it_is() -> None:
    assert canonical(" ABP ") == "ABP"


@pytest.mark.parametrize("pair", [("I", "II"), ("I", "III"), ("II", "III")])
def test_any_two_limb_leads_give_the_others(pair: tuple[str, str]) -> None:
    found = derive(np.stack([FULL[name] for name in pair]), pair)
    assert set(found) == set(LIMB) - set(pair)
    for name, values in found.items():
        np.testing.assert_allclose(values, FULL[name], atol=1e-5)


def test_one_limb_lead_gives_nothing() -> None:
    assert derive(np.stack([ONE, TWO]), ("I", "V1")) == {}

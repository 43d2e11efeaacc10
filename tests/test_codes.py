"""The mapping of PTB-XL's statements and of SNOMED codes to the scored classes."""

import ast
import lzma
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ecgviz.codes import CINC, cinc_labels, ptbxl_cinc_labels


def test_the_27_classes_have_27_codes() -> None:
    assert len(CINC) == len({c.snomed for c in CINC.values()}) == 27


def test_equivalents_come_together_and_unscored_codes_are_dropped() -> None:
    assert cinc_labels(["59118001", "428750005"]) == {"RBBB", "CRBBB"}
    assert cinc_labels(["164884008"]) == {"PVC", "VPB"}
    assert ptbxl_cinc_labels({"PAC": 0.0, "LVH": 100.0}, "ALAD") == {"PAC", "SVPB", "LAD"}


def test_mapping_reproduces_the_published_counts() -> None:
    """Alday et al. 2020 count 1.0.1 of PTB-XL, which has 38 records more than the 1.0.3 read here."""
    root = os.environ.get("ECGVIZ_DATA")
    path = Path(root) / "ptb-xl" / "ptbxl_database_full.csv.xz" if root else Path()
    if not path.is_file():
        pytest.skip("ECGVIZ_DATA has no ptb-xl/ptbxl_database_full.csv.xz")
    published = {"IAVB": 797, "AF": 1514, "AFL": 73, "CRBBB": 542, "IRBBB": 1118, "LAnFB": 1626, "LAD": 5146}
    published |= {"LBBB": 536, "LQRSV": 182, "NSIVCB": 789, "PR": 296, "LPR": 340, "LQT": 118, "QAb": 548, "RAD": 343}
    published |= {"SA": 772, "SB": 637, "NSR": 18092, "STach": 826, "TAb": 2345, "TInv": 294}
    with lzma.open(path) as file:
        table = pd.read_csv(file, usecols=["scp_codes", "heart_axis"])
    rows = zip(table["scp_codes"], table["heart_axis"], strict=True)
    found = [ptbxl_cinc_labels(ast.literal_eval(codes), axis) for codes, axis in rows]
    for name, count in published.items():
        mine = int(np.sum([name in labels for labels in found]))
        assert count - 38 <= mine <= count, name

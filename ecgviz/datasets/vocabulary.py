"""Reference statements in words: SCP-ECG codes from PTB-XL's own table, SNOMED CT codes from the Challenge's lists.

Sources: scp_statements.csv of PTB-XL 1.0.3; dx_mapping_scored.csv and dx_mapping_unscored.csv of CinC 2020.
"""

from collections.abc import Iterable
from pathlib import Path

from ecgviz.codes import CINC
from ecgviz.datasets import ptbxl
from ecgviz.errors import DataError

__all__ = ["CINC2017", "SNOMED", "in_words", "meaning"]

CINC2017 = {"N": "normal rhythm", "A": "atrial fibrillation", "O": "other rhythm", "~": "too noisy to classify"}
_UNSCORED = {
    "428750005": "nonspecific ST-T abnormality",
    "164865005": "myocardial infarction",
    "164867002": "old myocardial infarction",
    "57054005": "acute myocardial infarction",
    "54329005": "anterior myocardial infarction",
    "413444003": "acute myocardial ischaemia",
    "413844008": "chronic myocardial ischaemia",
    "164861001": "myocardial ischaemia",
    "426434006": "anterior ischaemia",
    "425419005": "inferior ischaemia",
    "425623009": "lateral ischaemia",
    "429622005": "ST depression",
    "164931005": "ST elevation",
    "164930006": "ST interval abnormal",
    "55930002": "ST-T change",
    "251259000": "high T voltage",
    "164873001": "left ventricular hypertrophy",
    "89792004": "right ventricular hypertrophy",
    "195126007": "atrial hypertrophy",
    "446813000": "left atrial hypertrophy",
    "446358003": "right atrial hypertrophy",
    "67741000119109": "left atrial enlargement",
    "713422000": "atrial tachycardia",
    "426761007": "supraventricular tachycardia",
    "426648003": "junctional tachycardia",
    "426664006": "accelerated junctional rhythm",
    "426995002": "junctional escape",
    "29320008": "AV junctional rhythm",
    "106068003": "atrial rhythm",
    "164895002": "ventricular tachycardia",
    "164896001": "ventricular fibrillation",
    "11157007": "ventricular bigeminy",
    "251180001": "ventricular trigeminy",
    "75532003": "ventricular escape beat",
    "81898007": "ventricular escape rhythm",
    "233917008": "AV block",
    "195042002": "2nd degree AV block",
    "27885002": "complete heart block",
    "6374002": "bundle branch block",
    "251120003": "incomplete left bundle branch block",
    "445211001": "left posterior fascicular block",
    "74390002": "Wolff-Parkinson-White pattern",
}
SNOMED = {code: c.description for c in CINC.values() for code in (c.snomed, *c.also)} | _UNSCORED
"""SNOMED CT code to words, for the scored classes and the commoner ones of the Challenge's unscored list."""


def _scp(root: Path | None) -> dict[str, str]:
    """SCP code to words, empty where PTB-XL's table is absent."""
    if root is None:
        return {}
    try:
        found = ptbxl.statements(root)["description"]
    except DataError:
        return {}
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"scp_statements.csv is not PTB-XL's list of statements ({error}); download it again."
        ) from error
    return {str(code): str(text) for code, text in found.items()}


def meaning(root: Path | None) -> dict[str, str]:
    """Every statement this package can put in words, `SCP:NORM` and `SNOMED:426783006` alike."""
    return (
        {f"SCP:{code}": text for code, text in _scp(root).items()}
        | {f"SNOMED:{code}": text for code, text in SNOMED.items()}
        | {f"CINC2017:{code}": text for code, text in CINC2017.items()}
    )


def in_words(statements: Iterable[str], root: Path | None = None) -> tuple[str, ...]:
    """Reference statements as a reader would say them; one that is not known stays as it came.

    >>> in_words(["SNOMED:164889003", "SNOMED:1"])
    ('atrial fibrillation (SNOMED 164889003)', 'SNOMED 1')
    """
    known = meaning(root)
    return tuple(_one(statement, known) for statement in statements)


def _one(statement: str, known: dict[str, str]) -> str:
    vocabulary, _, code = statement.partition(":")
    if not code:
        return statement
    if vocabulary == "LUDB":
        return code
    plain = f"{vocabulary} {code}"
    return f"{known[statement]} ({plain})" if statement in known else plain

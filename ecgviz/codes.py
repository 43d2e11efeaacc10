"""The two label vocabularies: PTB-XL's superclasses and the 27 scored classes of the CinC Challenge 2020.

Sources: Alday et al., Physiol. Meas. 2020 (classes, equivalents, weights of the metric); Wagner et al., Sci. Data 2020.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["CINC", "EQUIVALENT", "IMPLIED", "SUPERCLASSES", "CincClass", "cinc_labels", "ptbxl_cinc_labels"]

SUPERCLASSES: dict[str, str] = {
    "NORM": "normal ECG",
    "MI": "myocardial infarction",
    "STTC": "ST/T change",
    "CD": "conduction disturbance",
    "HYP": "hypertrophy",
}


@dataclass(frozen=True)
class CincClass:
    """One scored class: its SNOMED CT code, its place p on the metric's scale, and the SCP statements that mean it.

    axis: values of PTB-XL's `heart_axis` that mean it; also: further SNOMED codes of the same finding.
    """

    name: str
    snomed: str
    description: str
    position: float
    scp: tuple[str, ...] = ()
    axis: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


CINC: dict[str, CincClass] = {
    c.name: c
    for c in (
        CincClass("IAVB", "270492004", "1st degree AV block", 0.05, ("1AVB",)),
        CincClass("AF", "164889003", "atrial fibrillation", 0.25, ("AFIB",)),
        CincClass("AFL", "164890007", "atrial flutter", 0.25, ("AFLT",)),
        CincClass("Brady", "426627000", "bradycardia", 0.05),
        CincClass("CRBBB", "713427006", "complete right bundle branch block", 0.15, ("CRBBB",)),
        CincClass("IRBBB", "713426002", "incomplete right bundle branch block", 0.05, ("IRBBB",)),
        CincClass("LAnFB", "445118002", "left anterior fascicular block", 0.10, ("LAFB",)),
        CincClass("LAD", "39732003", "left axis deviation", 0.10, axis=("LAD", "ALAD")),
        CincClass("LBBB", "164909002", "left bundle branch block", 0.225, ("CLBBB",), also=("733534002",)),
        CincClass("LQRSV", "251146004", "low QRS voltages", 0.175, ("LVOLT",)),
        CincClass("NSIVCB", "698252002", "non-specific intraventricular conduction disorder", 0.10, ("IVCD",)),
        CincClass("PR", "10370003", "pacing rhythm", 0.125, ("PACE",)),
        CincClass("PAC", "284470004", "premature atrial contraction", 0.0875, ("PAC",)),
        CincClass("PVC", "427172004", "premature ventricular contractions", 0.125, ("PVC",), also=("164884008",)),
        CincClass("LPR", "164947007", "prolonged PR interval", 0.05, ("LPR",)),
        CincClass("LQT", "111975006", "prolonged QT interval", 0.20, ("LNGQT",)),
        CincClass("QAb", "164917005", "Q wave abnormal", 0.35, ("QWAVE",)),
        CincClass("RAD", "47665007", "right axis deviation", 0.10, axis=("RAD", "ARAD")),
        CincClass("RBBB", "59118001", "right bundle branch block", 0.15),
        CincClass("SA", "427393009", "sinus arrhythmia", 0.05, ("SARRH",)),
        CincClass("SB", "426177001", "sinus bradycardia", 0.05, ("SBRAD",)),
        CincClass("NSR", "426783006", "sinus rhythm", 0.0, ("SR", "NORM")),
        CincClass("STach", "427084000", "sinus tachycardia", 0.125, ("STACH",)),
        CincClass("SVPB", "63593006", "supraventricular premature beats", 0.0875, ("SVARR",)),
        CincClass("TAb", "164934002", "T wave abnormal", 0.25, ("NDT", "NT_", "LOWT", "TAB_")),
        CincClass("TInv", "59931005", "T wave inversion", 0.25, ("INVT",)),
        CincClass("VPB", "17338001", "ventricular premature beats", 0.125),
    )
}
"""By abbreviation. The SCP statements and axes reproduce the counts that the Challenge published for PTB-XL."""

IMPLIED: dict[str, str] = {"Brady": "SB"}
"""PTB-XL has no label for the first; its output follows the second, which in SNOMED CT is one (is-a)."""

EQUIVALENT: dict[str, str] = {"RBBB": "CRBBB", "SVPB": "PAC", "VPB": "PVC"}
"""Classes that the Challenge scores as one: the second name stands for both."""

_BY_SNOMED = {code: c.name for c in CINC.values() for code in (c.snomed, *c.also)}


def _closed(names: set[str]) -> set[str]:
    pairs = [pair for pair in EQUIVALENT.items() if names & set(pair)]
    return names.union(*pairs)


def cinc_labels(snomed: Iterable[str]) -> set[str]:
    """Scored classes of a record from its SNOMED CT codes, equivalents closed: RBBB brings CRBBB and the reverse."""
    return _closed({_BY_SNOMED[code] for code in snomed if code in _BY_SNOMED})


def ptbxl_cinc_labels(scp: Mapping[str, float], heart_axis: str | None) -> set[str]:
    """Scored classes of a PTB-XL record from its SCP statements (whatever their likelihood) and its heart axis."""
    return _closed({c.name for c in CINC.values() if heart_axis in c.axis or any(code in scp for code in c.scp)})

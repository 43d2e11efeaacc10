"""Which findings are shown, and under which name."""

from ecgviz.results import Finding, Prediction
from ecgviz.ui.findings import once


def labels(prediction):
    return [finding.label for finding in prediction.findings]


def test_equivalent_classes_are_shown_once_under_the_kept_name():
    both = Prediction("m", tuple(Finding(name, 0.5, 0.4) for name in ("CRBBB", "RBBB", "PAC", "SVPB", "AF")))
    assert labels(once(both)) == ["CRBBB", "PAC", "AF"]


def test_a_class_without_its_partner_stays():
    assert labels(once(Prediction("m", (Finding("RBBB", 0.5, 0.4),)))) == ["RBBB"]

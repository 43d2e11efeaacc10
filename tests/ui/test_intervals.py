"""The head line of the printout."""

from ecgviz.results import Measurements
from ecgviz.ui.intervals import head_line


def bare(text):
    return " ".join(text.replace("<b>", "").replace("</b>", "").split())


def test_values_stand_in_the_order_of_a_printout():
    qtc = {"Fridericia": 412.4, "Bazett": 421.0, "Framingham": 410.0, "Hodges": 419.0}
    found = Measurements(
        72.2, pr_ms=164, qrs_ms=98, qt_ms=398, qtc_ms=qtc, p_axis_deg=52, qrs_axis_deg=-18, t_axis_deg=40
    )
    expected = "HR 72/min PR 164 QRS 98 QT 398 QTcF 412 (B 421, Fr 410, H 419) ms P/QRS/T axis 52/−18/40°"
    assert bare(head_line(found)) == expected


def test_what_could_not_be_measured_is_a_dash_and_never_zero():
    assert bare(head_line(Measurements())) == "HR –/min PR – QRS – QT – QTcF – ms P/QRS/T axis –/–/–°"

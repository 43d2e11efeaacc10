"""One line for what a person can mend, one for a bug, and never a traceback."""

import logging

from streamlit.testing.v1 import AppTest


def mend():
    from ecgviz.errors import ReadError
    from ecgviz.ui.messages import friendly_errors

    with friendly_errors():
        raise ReadError("Lead *V3* is\nmissing in [a](http://x).")


def bug():
    from ecgviz.ui.messages import friendly_errors

    with friendly_errors():
        raise KeyError("999")


def stop():
    import streamlit as st

    from ecgviz.ui.messages import friendly_errors

    with friendly_errors():
        st.stop()


def test_known_error_is_shown_literally_on_one_line():
    at = AppTest.from_function(mend).run()
    (box,) = at.error
    assert "\n" not in box.value
    assert box.value.replace("\\", "") == "Lead *V3* is missing in [a](http://x)."
    assert "\\[a\\]\\(http" in box.value


def test_bug_is_named_a_bug_and_logged_but_not_shown(caplog):
    with caplog.at_level(logging.ERROR, logger="ecgviz.ui.messages"):
        at = AppTest.from_function(bug).run()
    (box,) = at.error
    assert "bug in ecgviz" in box.value
    assert "999" not in box.value
    assert not at.exception
    assert "KeyError" in caplog.text


def test_streamlits_own_control_flow_passes():
    at = AppTest.from_function(stop).run()
    assert not at.error
    assert not at.exception

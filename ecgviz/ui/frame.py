"""The frame that every page has: what is open, what is doubtful about it, and the permanent footer."""

import html
from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from ecgviz.record import Flag, Record
from ecgviz.ui import picker, style, viewport

__all__ = ["FOOTER", "begin", "chips", "configure", "facts", "footer", "head", "open_page"]

FOOTER = "Research and education. Not a medical device. Unconfirmed: needs a physician's over-read."
SHOWN = 4
"""So many flags stand as chips of their own; the rest share one."""
_ICONS = {"error": ":material/error:", "warning": ":material/warning:", "info": ":material/info:"}


def configure() -> None:
    """Title, icon and width of the browser's page; a Material icon would be fetched from elsewhere."""
    icon = str(Path(__file__).with_name("icon.png"))
    st.set_page_config("ecgviz", icon, layout="wide", initial_sidebar_state=viewport.SIDEBAR_PX)


def open_page() -> Record:
    """Sidebar, style and the line that says what is open. Returns the open record."""
    begin()
    record = picker.choose_record()
    head(record)
    return record


def begin() -> None:
    """The style, and a page of the router's; first on every page."""
    _through_the_router()
    st.html(style.CSS)


def head(record: Record) -> None:
    """The line that says which record is shown, with its flags."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ev-head"):
        st.html(_line(record), width="content")
        chips(record.flags, "head")


def _through_the_router() -> None:
    """Start again through app.py where a link led straight to a page.

    Until `st.navigation` has run once in a server, Streamlit takes the folder `pages` for pages of its older kind and
    runs one of them alone, with a menu of file names.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def facts(record: Record) -> tuple[str, ...]:
    """Person, leads, rate and length in words."""
    patient = record.patient
    age = "age not stated" if patient.age is None else f"{patient.age:.0f} y" if patient.age <= 89 else "over 89 y"
    sex = {"F": "female", "M": "male", None: "sex not stated"}[patient.sex]
    leads = f"{len(record.leads)} lead{'s' if len(record.leads) > 1 else ''}"
    minutes, seconds = divmod(record.seconds, 60)
    length = f"{record.seconds:.3g} s" if record.seconds < 100 else f"{minutes:.0f} min {seconds:.0f} s"
    return age, sex, leads, f"{record.fs:g} Hz", length


def _line(record: Record) -> str:
    source = record.provenance.source
    told = " · ".join(facts(record))
    return (
        f"<div class='ev-line'><b>{html.escape(record.name)}</b><span>{told}</span>"
        f"<span class='ev-badge ev-{source}'>{source}</span></div>"
    )


def chips(flags: tuple[Flag, ...], where: str) -> None:
    """One chip a flag, worst first; a click says what was found and what to do."""
    own = flags if len(flags) <= SHOWN else flags[: SHOWN - 1]
    for n, flag in enumerate(own):
        name = flag.code.replace("_", " ") + (f" {flag.lead}" if flag.lead and flag.code.endswith("_lead") else "")
        with st.popover(name, icon=_ICONS[flag.level], key=f"chip-{where}-{flag.level}-{n}"):
            _tell(flag)
    if len(own) < len(flags):
        rest = flags[len(own) :]
        with st.popover(f"{len(rest)} more", key=f"chip-{where}-{rest[0].level}-more"):
            for flag in rest:
                _tell(flag)


def _tell(flag: Flag) -> None:
    text, advice = html.escape(flag.text), html.escape(flag.advice)
    st.html(f"<p class='ev-flag'><b>{text}</b><br>{advice}</p>")


def footer() -> None:
    """The one line at the foot of every page."""
    shade = "dark" if st.context.theme.type == "dark" else "light"
    st.html(f"<footer class='ev-foot ev-{shade}'>{FOOTER}</footer>")
    viewport.ruler()

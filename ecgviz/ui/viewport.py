"""How wide the browser window is, so that the ECG page can fill it at true scale."""

import streamlit as st

__all__ = ["ASSUMED_PX", "SIDEBAR_PX", "narrow", "ruler", "width_px"]

ASSUMED_PX = 1440
SIDEBAR_PX = 284
STEP_PX = 20
_KEY = "ruler"
# Narrower than this the sheet keeps its size and is moved sideways in its frame.
NARROWEST_PX = 720

_JS = """
export default function ({ setStateValue }) {
  let told = 0, timer = 0;
  const tell = () => {
    const main = document.querySelector('[data-testid="stMainBlockContainer"]') || document.body;
    const style = getComputedStyle(main);
    const inner = main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const width = Math.floor(inner / STEP) * STEP;
    if (width > 0 && width !== told) { told = width; setStateValue("px", width); }
  };
  tell();
  const watch = new ResizeObserver(() => { clearTimeout(timer); timer = setTimeout(tell, 250); });
  watch.observe(document.body);
  const main = document.querySelector('[data-testid="stMain"]');
  if (main) watch.observe(main);
  return () => { clearTimeout(timer); watch.disconnect(); };
}
"""


def width_px() -> int:
    """Pixels between the margins of the page as the browser last told them, in steps of 20; see ASSUMED_PX."""
    told = getattr(st.session_state.get(_KEY), "px", None)
    if isinstance(told, int | float) and 200 <= told <= 8000:
        st.session_state["_width_px"] = int(told)
    assumed = ASSUMED_PX - SIDEBAR_PX - 48
    return max(NARROWEST_PX, int(st.session_state.get("_width_px", assumed)))


def narrow() -> bool:
    """Whether the page is that of a phone."""
    return width_px() <= NARROWEST_PX


def ruler() -> None:
    """Put the invisible ruler on the page: it reports a new width once the window has come to rest."""
    measure = st.components.v2.component("ecgviz_ruler", js=_JS.replace("STEP", str(STEP_PX)))
    measure(key=_KEY, height=0, on_px_change=lambda: None)

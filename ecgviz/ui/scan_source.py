"""Which page is read: one of three drawn from simulated records, or a person's own picture or PDF."""

from dataclasses import dataclass

import streamlit as st

from ecgviz.readers import scan as reader
from ecgviz.record import Scan
from ecgviz.scans.degrade import PRESETS, Damage, degrade
from ecgviz.scans.render import Style, render
from ecgviz.signals import synthetic

__all__ = ["EXAMPLES", "OWN", "Opened", "choose", "example"]

OWN = "Own picture"
_KEY = "_page"


@dataclass(frozen=True, eq=False)
class Opened:
    """The picture of a page, and the file itself where it is a PDF, which may hold the trace as lines."""

    scan: Scan
    pdf: bytes | None = None


@dataclass(frozen=True)
class _Example:
    words: str
    record: str
    style: Style
    damage: Damage | None = None
    seed: int = 0


EXAMPLES: dict[str, _Example] = {
    "Clean page": _Example(
        "A printed page as it leaves the machine: 3 × 4 with a rhythm strip of II.",
        "sinus_rhythm",
        Style(px_per_mm=7, header=("12-lead ECG", "simulated"), margin=8),
    ),
    "Phone photo": _Example(
        "The same kind of page on a table: turned, tilted, in a shadow, compressed.",
        "sinus_rhythm",
        Style(px_per_mm=7, paper="red", margin=8),
        PRESETS["moderate"],
        5,
    ),
    "Old scan": _Example(
        "A green page of 6 × 2 leads, scanned askew, with a fold and a stain.",
        "right_bundle_branch_block",
        Style(layout="6x2", px_per_mm=6, paper="green", name_font="mono", header=("ECG", "simulated"), margin=8),
        Damage(rotation_deg=2.0, blur=0.08, noise=4, jpeg=60, light=0.15, folds=1, stains=1),
        3,
    ),
}


@st.cache_resource(max_entries=len(EXAMPLES), show_spinner=False)
def example(name: str) -> Scan:
    """A built-in page, drawn once for the server."""
    made = EXAMPLES[name]
    scan, geometry = render(synthetic.simulate(made.record).record, made.style)
    if made.damage is not None:
        scan, _ = degrade(scan, geometry, made.damage, seed=made.seed)
    return Scan(scan.pixels, None, name, "simulated page")


def choose() -> Opened | None:
    """Draw the choice; None while no own picture is given."""
    left, right = st.columns([1.1, 1.9], gap="medium", vertical_alignment="center")
    with left:
        kind = st.segmented_control(
            "Page",
            [*EXAMPLES, OWN],
            key="page_source",
            default="Clean page",
            required=True,
            persist_state="session",
            label_visibility="collapsed",
        )
    if kind != OWN:
        name = str(kind or "Clean page")
        right.caption(f"{EXAMPLES[name].words} Drawn from a simulated record.")
        return Opened(example(name))
    with right:
        return _own()


def _own() -> Opened | None:
    file = st.file_uploader(
        "Picture or PDF of an ECG page",
        key="page_file",
        on_change=_forget,
        label_visibility="collapsed",
        help=(
            f"PNG, JPEG, TIFF, BMP, WebP or PDF, at most {reader.MAX_BYTES >> 20} MB and "
            f"{reader.MAX_PIXELS // 10**6} megapixels. The picture stays in this session's memory and is gone when it "
            "ends. Cover whatever names a person."
        ),
    )
    kept: tuple[str, Opened] | None = st.session_state.get(_KEY)
    if file is None:
        return None if kept is None else kept[1]
    if kept is None or kept[0] != file.file_id:
        data = file.getvalue()
        kept = (file.file_id, Opened(reader.read_scan(file.name, data), data if reader.is_pdf(data) else None))
        st.session_state[_KEY] = kept
    return kept[1]


def _forget() -> None:
    """Another file was chosen, or none."""
    st.session_state.pop(_KEY, None)

"""What the tests of pages share: a page that runs as in a fresh session, its figures, and files to upload."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
import wfdb
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from ecgviz.signals import synthetic

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Page:
    """A page in a session of its own, and what can be seen on it."""

    at: AppTest

    def figures(self) -> list[dict[str, Any]]:
        """The specifications of all Plotly figures."""
        return [json.loads(chart.proto.spec) for chart in self.at.get("plotly_chart")]

    def paper(self) -> dict[str, Any]:
        """The ECG page: the one figure with calibration pulses."""
        (found,) = [f for f in self.figures() if any(trace.get("name") == "calibration" for trace in f["data"])]
        return found

    def trace(self, **wanted: str) -> dict[str, Any]:
        """The first trace of the ECG page with these values."""
        return next(t for t in self.paper()["data"] if all(t.get(key) == value for key, value in wanted.items()))

    def line(self, lead: str) -> NDArray[Any]:
        """A lead as it is drawn, in mV of the sheet."""
        raw = self.trace(name=lead)["y"]
        return np.frombuffer(base64.b64decode(raw["bdata"]), dtype=raw["dtype"])

    def errors(self) -> list[str]:
        """The lines of all error boxes; a traceback on the page counts too."""
        return [box.value for box in self.at.error] + [box.value for box in self.at.exception]

    def words(self) -> str:
        """All HTML that the page wrote."""
        return "\n".join(str(block.proto.body) for block in self.at.get("html"))

    def upload(self, *files: tuple[str, bytes]) -> "Page":
        """Choose the source Upload and these files."""
        self.at.button_group(key="source").set_value("Upload").run()
        self.at.file_uploader(key="files").set_value([(name, data, "application/octet-stream") for name, data in files])
        self.at.run()
        return self


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, random_models: Path, tmp_path: Path) -> Callable[..., Page]:
    """Opens a page by name, without a data folder and with the random models unless said otherwise."""
    monkeypatch.delenv("ECGVIZ_DATA", raising=False)
    monkeypatch.setenv("ECGVIZ_MODELS", str(random_models))
    monkeypatch.setenv("ECGVIZ_STORE", f"sqlite:///{tmp_path / 'over_reads.sqlite'}")
    st.cache_data.clear()  # AppTest gives every session the same identifier
    st.cache_resource.clear()

    def open_page(name: str, **environment: str) -> Page:
        for key, value in environment.items():
            monkeypatch.setenv(key, value)
        return Page(AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=180).run())

    return open_page


@pytest.fixture(scope="session")
def wfdb_pair(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A simulated 12-lead record as WFDB header and signal file."""
    folder = tmp_path_factory.mktemp("wfdb")
    record = synthetic.simulate("left_bundle_branch_block").record
    wfdb.wrsamp(
        "lbbb",
        fs=record.fs,
        units=["mV"] * 12,
        sig_name=list(record.leads),
        p_signal=record.signal.T.astype(np.float64),
        fmt=["16"] * 12,
        comments=["Age: 69", "Sex: Female"],
        write_dir=str(folder),
    )
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

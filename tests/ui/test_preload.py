"""The first page is drawn before PyTorch is imported, and the import happens once for the server."""

import subprocess
import sys
import threading
from pathlib import Path

from ecgviz.ui import preload

ROOT = Path(__file__).parents[2]


def test_the_record_page_needs_neither_torch_nor_captum():
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        "at = AppTest.from_file('pages/record.py', default_timeout=300).run(); "
        "assert at.get('plotly_chart') and not at.error and not at.exception; "
        "sys.exit(bool({'torch', 'captum'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_the_import_is_started_once():
    started = preload.start()
    assert preload.start() is started
    assert isinstance(started, threading.Thread)
    assert started.daemon
    started.join()
    assert "captum" in sys.modules

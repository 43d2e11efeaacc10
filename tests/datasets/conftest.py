import os
import shutil
from pathlib import Path

import pytest

from ecgviz.datasets.library import Library, open_library


@pytest.fixture(scope="session")
def data() -> Path:
    named = os.environ.get("ECGVIZ_DATA", "")
    if not named:
        pytest.skip("ECGVIZ_DATA is not set")
    return Path(named)


@pytest.fixture(scope="session")
def library(data: Path) -> Library:
    return open_library(data)


@pytest.fixture
def one_of_ptbxl(data: Path, tmp_path: Path) -> Path:
    """A root whose PTB-XL is the whole table but a single record, at 100 Hz."""
    source, target = data / "ptb-xl", tmp_path / "ptb-xl"
    (target / "records100/00000").mkdir(parents=True)
    for name in ("ptbxl_database.csv", "scp_statements.csv"):
        shutil.copy(source / name, target)
    for suffix in (".hea", ".dat"):
        shutil.copy(source / f"records100/00000/00001_lr{suffix}", target / "records100/00000")
    return tmp_path

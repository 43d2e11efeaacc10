"""A PTB-XL of 110 records, cut from the sample, in the publisher's layout."""

import os
from pathlib import Path

import pandas as pd
import pytest

PER_FOLD = {**dict.fromkeys(range(1, 9), 10), 9: 15, 10: 15}


@pytest.fixture(scope="session")
def small_ptbxl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with ptb-xl/: 10 records of each training fold, 15 of folds 9 and 10."""
    root = os.environ.get("ECGVIZ_DATA")
    if not root or not (Path(root) / "ptb-xl" / "ptbxl_database.csv").is_file():
        pytest.skip("ECGVIZ_DATA does not point to a folder with ptb-xl")
    source = Path(root) / "ptb-xl"
    table = pd.read_csv(source / "ptbxl_database.csv")
    some = pd.concat([table[table["strat_fold"] == fold].head(n) for fold, n in PER_FOLD.items()])
    out = tmp_path_factory.mktemp("data") / "ptb-xl"
    out.mkdir()
    some.to_csv(out / "ptbxl_database.csv", index=False)
    (out / "scp_statements.csv").write_bytes((source / "scp_statements.csv").read_bytes())
    (out / "records100").symlink_to((source / "records100").resolve())
    return out.parent

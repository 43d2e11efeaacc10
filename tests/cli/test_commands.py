import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ecgviz import readers
from ecgviz.cli import main
from ecgviz.codes import SUPERCLASSES
from ecgviz.leads import STANDARD_12

Run = Callable[..., object]
DISCLAIMER = "Research and education. Not a medical device. Unconfirmed: needs a physician's over-read."


def test_read_json(run: Run, ecg: Path) -> None:
    found = run("read", ecg, "--json")
    answer = found.answer
    record = readers.read(ecg)
    assert (found.status, found.err) == (0, "")
    assert list(answer) == ["format", "fs", "leads", "samples", "seconds", "patient", "flags", "notes", "digest"]
    assert (answer["fs"], answer["samples"], answer["seconds"]) == (250.0, 2500, 10.0)
    assert answer["leads"] == list(STANDARD_12)
    assert answer["patient"] == {"age": 61.0, "sex": "F"}
    assert answer["digest"] == record.digest
    assert all(set(flag) == {"code", "text", "advice", "level", "lead"} for flag in answer["flags"])


def test_read_takes_a_pair_in_either_order_or_a_stem(run: Run, ecg: Path) -> None:
    dat = ecg.with_suffix(".dat")
    digests = {run("read", *files, "--json").answer["digest"] for files in ((ecg, dat), (dat, ecg))}
    digests |= {run("read", path, "--json").answer["digest"] for path in (ecg, ecg.with_suffix(""))}
    assert len(digests) == 1


def test_read_for_people(run: Run, ecg: Path) -> None:
    found = run("read", ecg)
    assert found.status == 0
    assert "Leads    12: I II III aVR aVL aVF V1 V2 V3 V4 V5 V6" in found.out
    assert "Rate     250 Hz" in found.out
    assert "Length   10.00 s (2500 samples)" in found.out
    assert "Patient  61 years, female" in found.out
    assert found.out.rstrip().endswith(DISCLAIMER)


def test_quality_flags_reach_the_json(run: Run, ecg: Path) -> None:
    dat = ecg.with_suffix(".dat")
    steps = np.frombuffer(dat.read_bytes(), "<i2").reshape(-1, 12).copy()
    steps[:, STANDARD_12.index("V3")] = 0
    dat.write_bytes(steps.tobytes())
    flags = run("read", ecg, "--json").answer["flags"]
    assert ("flat_lead", "V3") in {(flag["code"], flag["lead"]) for flag in flags}


def test_models_json(run: Run, toy_model: str) -> None:
    (model,) = run("models", "--json").answer
    assert list(model) == ["name", "task", "architecture", "parameters", "labels", "metrics"]
    assert (model["name"], model["task"], model["labels"]) == (toy_model, "ptbxl_super", list(SUPERCLASSES))
    assert model["metrics"]["macro_auroc"] == {"value": 0.5, "low": 0.4, "high": 0.6}
    assert model["metrics"]["ece"] == {"value": None, "low": None, "high": None}
    assert isinstance(model["parameters"], int)


def test_models_for_people(run: Run, toy_model: str) -> None:
    found = run("models").out
    assert "Score (95 %)" in found
    assert "0.500 (0.400-0.600)" in found


def test_without_models(run: Run, no_models: Path) -> None:
    assert run("models", "--json").answer == []
    assert "No model is installed" in run("models").out


def test_predict_json(run: Run, ecg: Path, toy_model: str) -> None:
    found = run("predict", ecg, "--model", toy_model, "--json")
    answer = found.answer
    assert (found.status, found.err) == (0, "")
    assert list(answer) == ["model", "predictions", "flags", "gate"]
    assert [one["label"] for one in answer["predictions"]] == list(SUPERCLASSES)
    for one in answer["predictions"]:
        assert list(one) == ["label", "probability", "threshold", "positive"]
        assert 0 <= one["probability"] <= 1
        assert one["positive"] == (one["probability"] >= one["threshold"])
    assert list(answer["gate"]) == ["verdict", "sentence", "reasons", "strangeness", "limit"]
    assert answer["gate"]["verdict"] in ("fit", "care", "unfit")
    assert answer == run("predict", ecg, "--model", toy_model, "--json").answer


def test_predict_for_people(run: Run, ecg: Path, toy_model: str) -> None:
    lines = run("predict", ecg, "--model", toy_model).out.splitlines()
    (norm,) = [line for line in lines if line.startswith("NORM")]
    (infarction,) = [line for line in lines if line.startswith("MI")]
    assert "positive" in norm
    assert "positive" not in infarction
    assert "do not rely on it" in infarction
    assert lines.index(norm) < lines.index(infarction)
    assert lines[-1] == DISCLAIMER


def test_explain_json_and_page(run: Run, ecg: Path, toy_model: str, tmp_path: Path) -> None:
    out = tmp_path / "heat.html"
    found = run("explain", ecg, "--model", toy_model, "--label", "NORM", "--out", out, "--json")
    answer = found.answer
    assert list(answer) == ["leads", "fs", "start_s", "scores"]
    assert (answer["start_s"], len(answer["scores"])) == (0.0, len(answer["leads"]))
    assert {len(row) for row in answer["scores"]} == {round(10 * answer["fs"])}
    assert np.abs(answer["scores"]).max() <= 1.0
    text = out.read_text(encoding="utf-8")
    assert "Evidence for NORM" in text
    assert DISCLAIMER.replace("'", "&#x27;") in text
    assert "<script src" not in text  # stands alone: plotly is inside
    assert sorted(path.name for path in tmp_path.iterdir() if "heat" in path.name) == ["heat.html"]


def test_explain_for_people(run: Run, ecg: Path, toy_model: str) -> None:
    found = run("explain", ecg, "--model", toy_model, "--label", "MI", "--method", "occlusion")
    assert found.status == 0
    assert found.out.startswith("Evidence for MI in toy, by ")
    assert DISCLAIMER in found.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["read", "{tmp}/none.hea"], r"none\.hea does not exist"),
        (["read", "{tmp}"], "is a folder; name the ECG file in it"),
        (["read", "{tmp}/a.pdf"], r"PDF"),
        (["read", "{tmp}/empty.hea"], r"empty\.hea"),
        (["read", "{tmp}/sim.hea", "{tmp}/sim.hea"], "given twice"),
        (["read", "{tmp}/sim.hea", "--fs", "fast"], "--fs.* valid number"),
        (["read", "{tmp}/sim.hea", "--fs", "nan"], "sampling rate"),
        (["read", "{tmp}/sim.hea", "--age", "400"], "age"),
        (["read", "{tmp}/sim.hea", "--sex", "X"], "F or M"),
        (["read", "{tmp}/sim.hea", "--leads", "I,I"], "once"),
        (["read", "{tmp}/plain.csv"], "--fs 500"),
        (["read"], "Missing argument 'FILE'"),
        (["read", "{tmp}/sim.hea", "--wrong"], "--wrong"),
        (["predict", "{tmp}/sim.hea"], "Missing option '--model'"),
        (["predict", "{tmp}/sim.hea", "--model", "none"], r"no model 'none'\. Installed: toy"),
        (["predict", "{tmp}/sim.hea", "--model", "../toy"], r"no model '\.\./toy'"),
        (["explain", "{tmp}/sim.hea", "--model", "toy"], "Missing option '--label'"),
        (["explain", "{tmp}/sim.hea", "--model", "toy", "--label", "AF"], "has no label 'AF'; it knows NORM, MI, STTC"),
        (
            ["explain", "{tmp}/sim.hea", "--model", "toy", "--label", "MI", "--method", "guess"],
            "no method 'guess'; choose one of grad_cam",
        ),
        (
            ["explain", "{tmp}/sim.hea", "--model", "toy", "--label", "MI", "--out", "{tmp}/no/heat.html"],
            "does not exist; make it first",
        ),
        (["explain", "{tmp}/sim.hea", "--model", "toy", "--label", "MI", "--out", "{tmp}"], "is a folder; name a file"),
        (["evaluate", "--model", "toy", "--data", "{tmp}/none"], "is not a folder"),
        (["evaluate", "--model", "toy", "--data", "{tmp}", "--split", "all"], "no split 'all'; choose one of train"),
        (["train", "--name", "x"], "Missing option '--architecture'"),
        ([], "Missing command"),
        (["sing"], "No such command 'sing'"),
    ],
)
def test_bad_input_is_one_line(run: Run, toy_model: str, ecg: Path, arguments: list[str], message: str) -> None:
    tmp = ecg.parent
    (tmp / "a.pdf").write_bytes(b"%PDF-1.7\n" + b"\x00" * 2000)
    (tmp / "empty.hea").touch()
    (tmp / "plain.csv").write_text("\n".join(f"{i % 50}" for i in range(5000)))
    for extra in ([], ["--json"]):
        found = run(*(argument.format(tmp=tmp) for argument in arguments), *extra)
        assert found.status == 2
        assert found.out == ""
        assert found.err.startswith("error: ")
        assert found.err.count("\n") == 1
        assert found.err.endswith("\n")
        assert "Traceback" not in found.err
        assert _says(message, found.err), found.err
        if not arguments:
            return


def _says(message: str, text: str) -> bool:
    import re

    return re.search(message, text) is not None or message in text


def test_evaluate_json_on_a_few_records(run: Run, data: Path, toy_model: str, tmp_path: Path) -> None:
    if not (data / "ptb-xl/ptbxl_database.csv").is_file():
        pytest.skip("PTB-XL is absent")
    root = tmp_path / "few"
    (root / "ptb-xl").mkdir(parents=True)
    lines = (data / "ptb-xl/ptbxl_database.csv").read_text(encoding="utf-8").splitlines()
    tested = [line for line in lines[1:] if ",10,records100/" in line][:6]
    (root / "ptb-xl/ptbxl_database.csv").write_text("\n".join([lines[0], *tested]) + "\n", encoding="utf-8")
    for name in ("scp_statements.csv", "records100"):
        (root / "ptb-xl" / name).symlink_to(data / "ptb-xl" / name)
    found = run("evaluate", "--model", toy_model, "--data", root, "--json")
    answer = found.answer
    assert (found.status, found.err) == (0, "")
    assert list(answer) == ["model", "data", "split", "n", "metrics"]
    assert (answer["model"], answer["split"]) == (toy_model, "test")
    assert 0 < answer["n"] <= 6
    assert all(set(figure) == {"value", "low", "high"} for figure in answer["metrics"].values())
    assert "macro auroc" in run("evaluate", "--model", toy_model, "--data", root).out


def test_evaluate_without_data(run: Run, toy_model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ECGVIZ_DATA", raising=False)
    found = run("evaluate", "--model", toy_model, "--json")
    assert (found.status, found.err.count("\n")) == (2, 1)
    assert "No data; give --data a folder" in found.err


def test_an_interrupt_is_one_line(run: Run, ecg: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ecgviz.cli.commands.open_record", interrupted)
    found = run("read", ecg)
    assert (found.status, found.out, found.err) == (2, "", "error: Interrupted; nothing more was written.\n")


def test_a_bug_looks_like_one(ecg: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("not foreseen")

    monkeypatch.setattr("ecgviz.cli.commands.open_record", broken)
    with pytest.raises(RuntimeError, match="not foreseen"):
        main(["read", str(ecg)])


def _process(*arguments: object, code: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "ecgviz"]
    root = Path(__file__).parents[2]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(root)} | more
    return subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, env=environment, cwd=root)


def test_as_a_process(ecg: Path) -> None:
    found = _process("read", ecg, "--json")
    assert (found.returncode, found.stderr) == (0, "")
    assert json.loads(found.stdout)["samples"] == 2500
    found = _process("read", ecg.parent / "none.hea")
    assert (found.returncode, found.stdout, found.stderr.count("\n")) == (2, "", 1)
    assert found.stderr.startswith("error: ")


def test_a_console_without_unicode(ecg: Path) -> None:
    path = ecg.rename(ecg.with_name("µ.hea"))
    found = _process("read", path, PYTHONIOENCODING="ascii")
    assert (found.returncode, found.stderr.count("Traceback")) == (0, 0), found.stderr
    assert DISCLAIMER in found.stdout


def test_read_and_models_do_not_import_torch(ecg: Path, toy_model: str) -> None:
    code = (
        "import sys; from ecgviz.cli import main; a = sys.argv[1:]; "
        "print(main(['read', a[0]]), main(['models']), 'torch' in sys.modules, 'streamlit' in sys.modules)"
    )
    found = _process(ecg, code=code)
    assert found.stdout.splitlines()[-1] == "0 0 False False", found.stderr


@pytest.mark.parametrize(
    "local", ["ptb-xl/records100/00000/00001_lr", "mitdb/100", "cinc2020/A0001", "cinc2017/A00001"]
)
def test_real_records(run: Run, data: Path, local: str) -> None:
    if not (data / f"{local}.hea").is_file():
        pytest.skip(f"{local} is absent")
    found = run("read", data / f"{local}.hea", "--json")
    assert (found.status, found.err) == (0, "")
    assert found.answer["digest"] == readers.read(data / f"{local}.hea").digest

from pathlib import Path

import pytest

from ecgviz.datasets import headers

CHALLENGE = """A0001 12 500 7500 12-May-2020 12:33:59
A0001.mat 16+24 1000/mV 16 0 28 -1716 0 I
A0001.mat 16+24 1000/mV 16 0 7 2029 0 II
#Age: 74
#Sex: Male
#Dx: 59118001,426783006
"""


def test_peek_of_a_challenge_header(tmp_path: Path) -> None:
    path = tmp_path / "A0001.hea"
    path.write_text(CHALLENGE)
    found = headers.peek(path)
    assert (found.fs, found.seconds, found.leads) == (500.0, 15.0, ("I", "II"))
    assert (found.files, found.age, found.sex) == (("A0001.mat",), 74.0, "M")
    assert found.comment("dx") == "59118001,426783006"
    assert found.comment("Rx") == ""


@pytest.mark.parametrize(
    ("comment", "age", "sex"),
    [
        ("# 69 M 1085 1629 x1", 69.0, "M"),
        ("#<age>: 51\n#<sex>: F", 51.0, "F"),
        ("#Age: NaN\n#Sex: Female", None, "F"),
        ("#Age: \n#Sex: unknown", None, None),
        ("# Digoxin, 69 MG", None, None),
    ],
)
def test_age_and_sex_as_each_publisher_writes_them(comment: str, age: float | None, sex: str | None) -> None:
    found = headers.parse(f"100 1 360 10\n100.dat 212 200 11 1024 995 -22131 0 MLII\n{comment}\n")
    assert (found.age, found.sex) == (age, sex)


@pytest.mark.parametrize("text", ["", "#", "100", "100 two", "100/3 2 360\n", "\x00\xff" * 50, "a b c d\n1\n2\n"])
def test_parse_never_raises(text: str) -> None:
    found = headers.parse(text)
    assert found.leads == ()


def test_segments_are_counted() -> None:
    assert headers.parse("sel/3 2 250 1000\na 500\nb 300\nc 200").segments == 3


def test_an_absent_header_is_empty(tmp_path: Path) -> None:
    assert headers.peek(tmp_path / "none.hea") == headers.parse("")


def test_find_lists_in_natural_order_below_folders(tmp_path: Path) -> None:
    for name in ("10.hea", "2.hea", "b/1.hea", ".hidden/3.hea", "2.dat"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert [stem for stem, _ in headers.find(tmp_path)] == ["2", "10", "b/1"]
    assert [stem for stem, _ in headers.find(tmp_path, limit=2)] == ["2", "10"]
    assert list(headers.find(tmp_path / "absent")) == []
